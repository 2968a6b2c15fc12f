"""A stand-in as its own process: how it serves, and how a test starts, steers and stops it."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import httpx
import uvicorn
from starlette.applications import Starlette

from tests.standins.faults import FaultKind

PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def serve(build_app: Callable[[str], Starlette], port: int, stop_with_stdin: bool) -> None:
    """Serve on the loopback interface and print the URL once it can be called.

    With ``stop_with_stdin`` the server ends when its standard input does, so that it never outlives
    the process that started it.
    """
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms for an ACK
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = build_app(url)
    config = uvicorn.Config(app, http="h11", ws="none", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    app.state.server = server
    if stop_with_stdin:
        threading.Thread(target=_stop_after_stdin, args=(server,), daemon=True).start()
    sys.stdout.write(url + "\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


def _stop_after_stdin(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True


class StandIn:
    """A running stand-in: a context manager around its process, with its controls as methods."""

    module: ClassVar[str]

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self.url = ""

    def __enter__(self) -> Self:
        search_path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, "--port", "0", "--stop-with-stdin", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": search_path},
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"{self.module} did not start")
        self.http = httpx.Client(base_url=self.url, timeout=60, trust_env=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def control(self, method: str, path: str, /, **body: Any) -> Any:
        """Call a test control; its refusals are the test's mistakes."""
        response = self.http.request(method, f"/_test/{path}", json=body or None)
        assert response.is_success, f"{method} /_test/{path}: {response.status_code} {response.text}"
        return response.json()

    def configure(self, **settings: Any) -> None:
        """``webhook_url``, ``webhook_secrets``, ``retry_seconds``, ``max_attempts``, ``latency_seconds``."""
        self.control("POST", "configure", **settings)

    def reset(self) -> None:
        """Forget everything but the settings: objects, webhooks, faults, requests."""
        self.control("POST", "reset")

    def hold_webhooks(self) -> None:
        """Keep every webhook from now on until released or delivered by name."""
        self.control("POST", "deliveries/hold")

    def release_webhooks(self, ids: list[str] | None = None) -> None:
        """Deliver what is held, all of it or these in this order, and hold no longer."""
        self.control("POST", "deliveries/release", **({} if ids is None else {"ids": ids}))

    def drop_webhooks(self, ids: list[str]) -> None:
        """Lose these for good; the objects and events stay."""
        self.control("POST", "deliveries/drop", ids=ids)

    def deliver(
        self,
        *ids: str,
        times: int = 1,
        signed_seconds_ago: float = 0,
        secrets: list[str] | None = None,
        at_once: bool = False,
    ) -> list[dict[str, Any]]:
        """Post these webhooks now, in this order, and return each attempt (``status``, ``error``).

        ``times`` repeats each, ``at_once`` posts all concurrently, ``signed_seconds_ago`` backdates the
        signature, ``secrets`` signs with others than the configured ones.
        """
        attempts: list[dict[str, Any]] = self.control(
            "POST",
            "deliveries/deliver",
            ids=list(ids),
            times=times,
            signed_seconds_ago=signed_seconds_ago,
            secrets=secrets,
            at_once=at_once,
        )
        return attempts

    def settle(self, timeout_seconds: float = 10) -> None:
        """Wait until every queued webhook is delivered; one that was given up is an error."""
        report = self.control("POST", "deliveries/settle", timeout_seconds=timeout_seconds)
        assert report["settled"], report
        assert not report["undelivered"], report

    def deliveries(self) -> list[dict[str, Any]]:
        """Every webhook so far: ``id``, ``type``, ``state``, ``attempts``."""
        report: list[dict[str, Any]] = self.control("GET", "deliveries")
        return report

    def inject(self, kind: FaultKind, /, **details: Any) -> None:
        """Spoil the next request; see ``Fault`` for the details."""
        self.control("POST", "faults", kind=kind, **details)

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """The API requests so far whose path begins so: method, path, parameters, key, status."""
        log: list[dict[str, Any]] = self.control("GET", "requests")
        return [entry for entry in log if entry["path"].startswith(path)]
