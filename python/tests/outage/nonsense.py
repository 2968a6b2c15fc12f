"""A provider that has gone mad: an HTTP server that answers every request with the same bytes."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """Bytes as they go over the wire, perhaps drop by drop and without end."""

    text: bytes
    drips: bool = False


def http(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """An HTTP response; a header `content_length` replaces the true one."""
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    fields |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    head = "\r\n".join([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())])
    return Answer(head.encode() + b"\r\n\r\n" + body)


HTML = b"<html><title>Welcome to the hotel's Wi-Fi</title></html>"
NONSENSE: dict[str, Answer] = {
    "a page instead of an answer": http(HTML, content_type="text/html"),
    "nothing": http(b""),
    "no content": http(b"", "204 No Content"),
    "a text": http(b'"ok"'),
    "a list": http(b"[]"),
    "null": http(b"null"),
    "an empty object": http(b"{}"),
    "wrong types": http(b'{"id": 5, "object": [], "status": {}, "bookings": 7, "data": true, "error": "no"}'),
    "half of it": http(b'{"id": "x', content_length="1000"),
    "bytes": http(bytes(range(256))),
    "not what it says it is": http(b"plain", content_encoding="gzip"),
    "a redirection": http(b"", "302 Found", location="http://127.0.0.1:1/"),
    "ten megabytes": http(json.dumps({"surplus": "x" * 10 * MEGABYTE}).encode()),
    "an error that is a page": http(HTML, "502 Bad Gateway", content_type="text/html"),
    "another protocol": Answer(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "silence": Answer(b""),
    "drops": Answer(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", drips=True),
}


class _Handler(socketserver.BaseRequestHandler):
    server: Nonsense

    def handle(self) -> None:
        self.request.recv(65536)
        self.server.requests += 1
        try:
            self.request.sendall(self.server.answer.text)
            while self.server.answer.drips:
                self.request.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            return


class Nonsense(socketserver.ThreadingTCPServer):
    """Counts the requests; `answer` may change between them."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.requests = 0
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """What the client sent and nobody read must not reset the connection before the answer is there."""
        assert isinstance(request, socket.socket)
        try:
            request.shutdown(socket.SHUT_WR)
            request.settimeout(0.2)
            while request.recv(65536):
                pass
        except OSError:
            pass
        request.close()


@contextmanager
def mad(answer: Answer) -> Iterator[Nonsense]:
    with Nonsense(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
