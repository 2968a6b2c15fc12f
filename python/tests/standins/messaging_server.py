"""A provider of WhatsApp and SMS over HTTP, strict, in memory: ``python -m tests.standins.messaging_server``.

``POST /messages`` with a bearer key. A repeated idempotency key is answered as the first time and sends
nothing; with another message it is a conflict.
"""

import argparse
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.controls import json_body
from tests.standins.faults import Fault, Faults, stay_silent
from tests.standins.process import StandIn, serve

API_KEY = "messaging_key_standin"
FIELDS = {"channel", "to", "body", "idempotency_key"}


class RefusalError(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Provider:
    """What was sent, by idempotency key."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.faults = Faults()

    async def serve(self, request: Request) -> Response:
        raw = await request.body()
        fault = self.faults.take(request)
        status = 0
        answer: dict[str, Any] = {}
        try:
            if request.headers.get("authorization") != f"Bearer {API_KEY}":
                raise RefusalError(401, "unauthorized", "The key is missing or wrong.")
            if fault and fault.kind == "rate_limit":
                raise RefusalError(429, "rate_limited", "Too many requests.")
            if fault is None or fault.executes:
                status, answer = self._send(raw)
            if fault and fault.kind == "error":
                raise RefusalError(
                    fault.status, fault.code or "internal_error", "The request was not served."
                )
        except RefusalError as error:
            status, answer = error.status, {"error": {"code": error.code, "message": str(error)}}
        if fault and fault.is_silent:
            return await stay_silent(fault, request)
        return JSONResponse(answer, status_code=status)

    def _send(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        try:
            message = json.loads(raw)
        except ValueError as error:
            raise RefusalError(400, "invalid_json", "The body is not JSON.") from error
        if not isinstance(message, dict) or message.keys() != FIELDS or not all(message.values()):
            raise RefusalError(
                422, "invalid_field", f"These are needed, no others: {', '.join(sorted(FIELDS))}."
            )
        if message["channel"] not in ("whatsapp", "sms"):
            raise RefusalError(422, "invalid_channel", "whatsapp or sms.")
        if not message["to"].startswith("+") or not message["to"][1:].isdecimal():
            raise RefusalError(422, "invalid_number", f"{message['to']} is no number such as +5549999990000.")
        earlier = self.sent.setdefault(message["idempotency_key"], message)
        if earlier != message:
            raise RefusalError(409, "idempotency_conflict", "This key was used for another message.")
        return 202 if earlier is message else 200, {
            "id": f"msg_{list(self.sent).index(message['idempotency_key'])}"
        }


def build_app(_: str) -> Starlette:
    """The server as an ASGI application."""
    provider = Provider()

    async def sent(_: Request) -> Response:
        return JSONResponse(list(provider.sent.values()))

    async def add_fault(request: Request) -> Response:
        provider.faults.pending.append(Fault(**await json_body(request)))
        return JSONResponse({})

    async def reset(_: Request) -> Response:
        provider.sent.clear()
        provider.faults.reset()
        return JSONResponse({})

    routes = [
        Route("/messages", provider.serve, methods=["POST"]),
        Route("/_test/sent", sent, methods=["GET"]),
        Route("/_test/faults", add_fault, methods=["POST"]),
        Route("/_test/reset", reset, methods=["POST"]),
    ]
    return Starlette(routes=routes)


class MessagingStandIn(StandIn):
    """The server as a process of its own, steered by methods."""

    module = "tests.standins.messaging_server"

    def __init__(self) -> None:
        super().__init__([])

    def sent(self) -> list[dict[str, Any]]:
        """Every message once, as it was first asked for."""
        messages: list[dict[str, Any]] = self.control("GET", "sent")
        return messages


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    serve(build_app, options.port, options.stop_with_stdin)


if __name__ == "__main__":
    main()
