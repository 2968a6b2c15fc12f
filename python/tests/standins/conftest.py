"""A receiver of webhooks for the tests of the stand-ins themselves."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Received:
    """One webhook as it arrived."""

    body: bytes
    headers: dict[str, str]


@dataclass
class Receiver:
    """An endpoint that keeps what it gets and answers with the statuses it was told, else 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def clear(self) -> None:
        self.received.clear()
        self.statuses.clear()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """One endpoint for a module's tests; each clears it."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(Received(body, {k.lower(): v for k, v in self.headers.items()}))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
