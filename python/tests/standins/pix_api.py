"""What the stand-ins of PIX providers share: how requests are checked, spoilt and logged."""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.controls import ControlError, json_body, refuse_control, shared_routes
from tests.standins.deliveries import Deliveries
from tests.standins.faults import Faults, stay_silent
from tests.standins.process import StandIn, serve

Json = dict[str, Any]
Handler = Callable[[Request, Json], tuple[int, Any]]


class RefusalError(Exception):
    """An answer that refuses, with its body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


class PixApi:
    """A provider's API in memory. Subclasses say what it does; amounts are as the provider has them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.deliveries = deliveries
        self.faults = Faults()
        self.log: list[Json] = []
        self.seconds_ahead = 0.0
        self.reset()

    def reset(self) -> None:
        raise NotImplementedError

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def authenticate(self, request: Request) -> None:
        raise NotImplementedError

    def error(self, status: int, message: str) -> RefusalError:
        """In the provider's own form."""
        raise NotImplementedError

    def pay(self, charge_id: str) -> Json:
        """A bank pays the code; refused where it cannot be paid."""
        raise NotImplementedError

    def decide_refund(self, refund_id: str, confirmed: bool) -> Json:
        """The refund that waits arrives, or does not."""
        raise NotImplementedError

    def now(self) -> float:
        return time.time() + self.seconds_ahead

    async def serve(self, handler: Handler, request: Request) -> Response:
        """Answer one request and log it."""
        raw = await request.body()
        entry: Json = {"method": request.method, "path": request.url.path, "status": None}
        entry |= {"body": raw.decode(), "key": request.headers.get("x-idempotency-key")}
        self.log.append(entry)
        fault = self.faults.take(request)
        try:
            self.authenticate(request)
            if fault and fault.kind == "rate_limit":
                raise self.error(429, "Too many requests.")
            await asyncio.sleep(self.faults.latency_seconds)
            status, body = 0, None
            if fault is None or fault.executes:
                status, body = handler(request, self._parse(raw))
            if fault and fault.kind == "error":
                raise self.error(fault.status, "The request was not served.")
        except RefusalError as error:
            status, body = error.status, error.body
        if fault and fault.is_silent:
            return await stay_silent(fault, request)
        entry["status"] = status
        return JSONResponse(body, status_code=status)

    def _parse(self, raw: bytes) -> Json:
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise self.error(400, "The body is not JSON.") from error
        if not isinstance(body, dict):
            raise self.error(400, "The body is not an object.")
        return body

    def controls(self) -> list[Route]:
        async def pay(request: Request) -> Response:
            return JSONResponse(self._controlled(self.pay, request.path_params["id"]))

        async def decide(request: Request) -> Response:
            confirmed = (await json_body(request))["confirmed"]
            return JSONResponse(self._controlled(self.decide_refund, request.path_params["id"], confirmed))

        async def pass_time(request: Request) -> Response:
            self.seconds_ahead += (await json_body(request))["seconds"]
            return JSONResponse({})

        return [
            Route("/customer/pay/{id}", pay, methods=["POST"]),
            Route("/_test/refunds/{id}", decide, methods=["POST"]),
            Route("/_test/pass_time", pass_time, methods=["POST"]),
        ]

    @staticmethod
    def _controlled(act: Callable[..., Json], *arguments: Any) -> Json:
        try:
            return act(*arguments)
        except RefusalError as error:
            raise ControlError(str(error)) from error

    def app(self) -> Starlette:
        """The server as an ASGI application."""

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            delivering = asyncio.create_task(self.deliveries.run())
            yield
            delivering.cancel()

        routes = [
            *shared_routes(self.deliveries, self.faults, self.log, self.reset),
            *self.controls(),
            *self.routes(),
        ]
        return Starlette(routes=routes, lifespan=lifespan, exception_handlers={ControlError: refuse_control})


class PixStandIn(StandIn):
    """The server as a process of its own, steered by methods."""

    secret: ClassVar[str]

    def __init__(self, webhook_url: str | None = None, secrets: Sequence[str] = ()) -> None:
        arguments = ["--webhook-url", webhook_url] if webhook_url else []
        arguments += [part for secret in secrets or (self.secret,) for part in ("--secret", secret)]
        super().__init__(arguments)

    def pay(self, charge_id: str) -> Json:
        """The customer pays the code. Sends a webhook."""
        response = self.http.post(f"/customer/pay/{charge_id}")
        assert response.is_success, response.text
        charge: Json = response.json()
        return charge

    def decide_refund(self, refund_id: str, confirmed: bool) -> None:
        self.control("POST", f"refunds/{refund_id}", confirmed=confirmed)

    def pass_time(self, seconds: float) -> None:
        self.control("POST", "pass_time", seconds=seconds)


def main(description: str, build: Callable[[argparse.Namespace], PixApi]) -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--secret", action="append", help="signs webhooks")
    parser.add_argument("--webhook-url", help="where webhooks are posted; without it they are held")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    serve(lambda _: build(options).app(), options.port, options.stop_with_stdin)
