"""`reserve-db serve` and `reserve-db worker` as processes: how they start, stop and fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from reserve_db.servers import unused_port
from reserve_db.sqltest.bench import Clone

PROGRAM = str(Path(sys.executable).with_name("reserve-db"))
NOWHERE = "postgresql://postgres@127.0.0.1:1/none"


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RESERVE_")}
    return subprocess.Popen(
        [PROGRAM, *arguments],
        env={**own, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and stderr."""
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_on_a_signal(db: Clone, signal_number: int) -> None:
    port = unused_port()
    process = start("serve", "--port", str(port), "--dsn", db.dsn)
    wait_for(f"http://127.0.0.1:{port}/readyz")
    process.send_signal(signal_number)
    status, errors = finish(process)
    assert status == 0
    assert all(json.loads(line) for line in errors.splitlines())


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_stops_on_a_signal(db: Clone, signal_number: int) -> None:
    process = start("worker", "--dsn", db.dsn)
    assert process.stderr is not None
    while "worker started" not in process.stderr.readline():
        pass
    process.send_signal(signal_number)
    status, errors = finish(process)
    assert status == 0
    assert json.loads(errors.splitlines()[-1])["message"] == "worker stopped"


def test_the_worker_once_does_what_is_due_and_ends(db: Clone) -> None:
    status, _ = finish(start("worker", "--once", "--dsn", db.dsn))
    assert status == 0


def test_the_worker_once_says_when_the_database_is_away() -> None:
    status, errors = finish(start("worker", "--once", "--dsn", NOWHERE))
    assert (status, errors.splitlines()[-1]) == (3, "no connection to the database")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_wrong_settings_are_named(command: str) -> None:
    status, errors = finish(start(command, "--dsn", NOWHERE, RESERVE_JWT_SECRET="short"))
    assert status == 2
    assert "RESERVE_JWT_SECRET" in errors


def test_a_taken_port_is_an_error(db: Clone) -> None:
    port = unused_port()
    first = start("serve", "--port", str(port), "--dsn", db.dsn)
    wait_for(f"http://127.0.0.1:{port}/healthz")
    status, _ = finish(start("serve", "--port", str(port), "--dsn", db.dsn))
    first.terminate()
    assert (status, finish(first)[0]) == (3, 0)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_help_names_the_settings(command: str) -> None:
    answer = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, check=True)
    assert "RESERVE_STRIPE_API_KEY" in answer.stdout
    assert "Exit status" in answer.stdout


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)
