"""What the worker does about it all: marks, seals, publishes the heads, and then leaves the log in peace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reserve_db.sqltest.bench import Clone
from tests.audit.books import found_cities, post, published, verdict
from tests.core.crowd import value

PROGRAM = str(Path(sys.executable).with_name("reserve-db"))


def work(db: Clone, **environment: str) -> list[dict[str, object]]:
    """`reserve-db worker --once`; its log."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("RESERVE_")}
    done = subprocess.run(
        [PROGRAM, "worker", "--once", "--dsn", db.dsn],
        env={**own, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


@pytest.fixture
def busy(db: Clone) -> Clone:
    """Something was posted, and marks need not wait for each other."""
    found_cities(db)
    with db.connect(autocommit=True) as connection:
        connection.execute("update core.settings set value = '0' where key = 'audit_mark_seconds'")
        post(connection)
    return db


def test_heads_end_up_in_log_and_file(busy: Clone, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    logged = [
        line for line in work(busy, RESERVE_AUDIT_HEADS_FILE=str(file)) if line["message"] == "audit head"
    ]
    with busy.connect(autocommit=True) as connection:
        heads = published(connection)
        assert [line["head"] for line in logged] == heads != []
        post(connection)
        work(busy, RESERVE_AUDIT_HEADS_FILE=str(file))
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert [line["head"] for line in lines] == published(connection)
        assert len(lines) > len(heads)
        assert all(line.keys() == {"sealed_at", "city_code", "number", "head"} for line in lines)

    command = [PROGRAM, "audit", "verify", "--dsn", busy.dsn, "--heads", str(file)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_worker_comes_to_rest(busy: Clone) -> None:
    """Publishing a head is recorded too, which is no reason to publish another one."""
    work(busy)
    with busy.connect(autocommit=True) as connection:
        heads, rows = published(connection), value(connection, "select count(*) from audit.audit_logs")
        work(busy)
        assert (published(connection), value(connection, "select count(*) from audit.audit_logs")) == (
            heads,
            rows,
        )
        assert verdict(connection, *heads)["ok"]


def test_a_file_that_cannot_be_written_is_tried_again(busy: Clone, tmp_path: Path) -> None:
    work(busy, RESERVE_AUDIT_HEADS_FILE=str(tmp_path / "nowhere" / "heads.jsonl"))
    with busy.connect(autocommit=True) as connection:
        status, attempts = connection.execute("select status, attempts from core.outbox").fetchone() or (
            None,
            0,
        )
        assert (status, attempts) == ("pending", 1)
