"""The Host over HTTP, strict, in memory: ``python -m tests.standins.host_server --port 0``.

Requests carry a bearer key, and those with a body ``Reserve-Signature``, the HMAC of ``t.rawbody``. The
Host answers ``{"error": {"code", "message", "field"}}`` when it refuses. What happens at the Host itself
(other channels, arrivals, departures) comes from its controls and goes out as signed webhooks.
"""

import argparse
import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.controls import ControlError, json_body, refuse_control, shared_routes
from tests.standins.deliveries import Deliveries
from tests.standins.faults import Faults, stay_silent
from tests.standins.host_model import Booking, Host, HostError
from tests.standins.process import StandIn, serve
from tests.standins.signatures import is_signed

API_KEY = "host_key_standin"
SECRET = "host_secret_standin"
SIGNATURE_HEADER = "Reserve-Signature"

Handler = Callable[[Request, bytes], tuple[int, Any]]


class HostApi:
    """The Host's API: checks who asks, lets faults strike, answers."""

    def __init__(self, host: Host, faults: Faults, api_key: str, secrets: list[str]) -> None:
        self.host = host
        self.faults = faults
        self.api_key = api_key
        self.secrets = secrets
        self.log: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        return [
            Route("/bookings", partial(self.serve, self._book), methods=["POST"]),
            Route("/bookings", partial(self.serve, self._list), methods=["GET"]),
            Route("/bookings/{id}", partial(self.serve, self._show), methods=["GET"]),
            Route("/bookings/{id}/cancel", partial(self.serve, self._cancel), methods=["POST"]),
            *(
                Route(f"/{kind}", partial(self.serve, partial(self._page, kind)), methods=["GET"])
                for kind in ("properties", "room-types", "availability")
            ),
        ]

    async def serve(self, handler: Handler, request: Request) -> Response:
        """Answer one request and log it."""
        raw = await request.body()
        key = request.headers.get("idempotency-key")
        entry: dict[str, Any] = {"method": request.method, "path": request.url.path, "idempotency_key": key}
        entry |= {"body": raw.decode(), "status": None}
        self.log.append(entry)
        fault = self.faults.take(request)
        try:
            self._authenticate(request, raw)
            if fault and fault.kind == "rate_limit":
                raise HostError(429, "rate_limited", "Too many requests.")
            await asyncio.sleep(self.faults.latency_seconds)
            status, body = 0, None
            if fault is None or fault.executes:
                status, body = handler(request, raw)
            if fault and fault.kind == "error":
                raise HostError(fault.status, fault.code or "internal_error", "The request was not served.")
        except HostError as error:
            status, body = error.status, error.body
        if fault and fault.is_silent:
            return await stay_silent(fault, request)
        entry["status"] = status
        return JSONResponse(body, status_code=status)

    def _authenticate(self, request: Request, raw: bytes) -> None:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            raise HostError(401, "unauthorized", "The key is missing or wrong.")
        header = request.headers.get(SIGNATURE_HEADER, "")
        signed = any(is_signed(header, raw, secret, time.time()) for secret in self.secrets)
        if request.method == "POST" and not signed:
            raise HostError(401, "invalid_signature", f"{SIGNATURE_HEADER} is missing, wrong or too old.")

    def _book(self, request: Request, raw: bytes) -> tuple[int, Any]:
        booking, is_new = self.host.book(request.headers.get("idempotency-key"), _parse(raw))
        return 201 if is_new else 200, booking

    def _list(self, request: Request, _: bytes) -> tuple[int, Any]:
        if list(request.query_params) != ["reference"]:
            raise HostError(422, "invalid_field", "Ask with ?reference=<reservation id>.", "reference")
        return 200, {"bookings": self.host.by_reference(request.query_params["reference"])}

    def _page(self, kind: str, request: Request, _: bytes) -> tuple[int, Any]:
        return 200, self.host.page(kind, request.query_params)

    def _show(self, request: Request, _: bytes) -> tuple[int, Any]:
        return 200, self.host.find(request.path_params["id"])

    def _cancel(self, request: Request, raw: bytes) -> tuple[int, Any]:
        return 200, self.host.cancel(request.path_params["id"], _parse(raw) or {})


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"null")
    except ValueError as error:
        raise HostError(400, "invalid_json", "The body is not JSON.") from error


def host_routes(host: Host, send: Callable[[str, dict[str, Any]], str]) -> list[Route]:
    """What happens at the Host; each of these sends a webhook."""

    def changing(event_type: str, **fields: Any) -> Callable[[Request], Any]:
        async def change(request: Request) -> Response:
            body = await json_body(request)
            event = body.pop("event_type", event_type)
            return JSONResponse(_controlled(host.change, request.path_params["id"], event, fields | body))

        return change

    async def add_unit(request: Request) -> Response:
        host.add_unit(**await json_body(request))
        return JSONResponse({})

    async def set_echo(request: Request) -> Response:
        host.echoes = (await json_body(request))["enabled"]
        return JSONResponse({})

    async def bookings(_: Request) -> Response:
        return JSONResponse(list(host.bookings.values()))

    async def book(request: Request) -> Response:
        return JSONResponse(_controlled(host.book_elsewhere, await json_body(request)))

    async def list_items(request: Request) -> Response:
        body = await json_body(request)
        earlier = host.lists[body["kind"]] if body["kind"] == "availability" else []
        host.lists[body["kind"]] = earlier + body["items"]
        return JSONResponse({})

    async def send_any(request: Request) -> Response:
        body = await json_body(request)
        return JSONResponse({"webhook_id": send(body["event_type"], body["data"])})

    checked_in = changing("checkin.completed", status="checked_in")
    checked_out = changing("checkout.completed", status="checked_out")
    return [
        Route("/_test/units", add_unit, methods=["POST"]),
        Route("/_test/echo", set_echo, methods=["POST"]),
        Route("/_test/lists", list_items, methods=["POST"]),
        Route("/_test/bookings", bookings, methods=["GET"]),
        Route("/_test/bookings", book, methods=["POST"]),
        Route("/_test/bookings/{id}/check_in", checked_in, methods=["POST"]),
        Route("/_test/bookings/{id}/check_out", checked_out, methods=["POST"]),
        Route(
            "/_test/bookings/{id}/no_show", changing("booking.no_show", status="no_show"), methods=["POST"]
        ),
        Route("/_test/bookings/{id}/update", changing("booking.updated"), methods=["POST"]),
        Route(
            "/_test/bookings/{id}/cancel", changing("booking.cancelled", status="cancelled"), methods=["POST"]
        ),
        Route("/_test/webhooks", send_any, methods=["POST"]),
    ]


def _controlled(act: Callable[..., Booking], *arguments: Any) -> Booking:
    try:
        return act(*arguments)
    except HostError as error:
        raise ControlError(str(error)) from error


def build_app(_: str, options: argparse.Namespace) -> Starlette:
    """The server as an ASGI application."""
    secrets = options.secret or [SECRET]
    deliveries = Deliveries(SIGNATURE_HEADER, options.webhook_url, secrets)

    def send(event_type: str, data: dict[str, Any]) -> str:
        webhook_id = str(uuid.uuid4())
        timestamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {"event_type": event_type, "timestamp": timestamp, "data": data, "webhook_id": webhook_id}
        deliveries.add(webhook_id, event_type, json.dumps(body).encode())
        return webhook_id

    faults = Faults()
    host = Host(send)
    for unit in options.unit or []:
        host.add_unit(*unit.split("/"))
    api = HostApi(host, faults, options.api_key, secrets)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(deliveries.run())
        yield
        delivering.cancel()

    routes = [
        *shared_routes(deliveries, faults, api.log, host.reset),
        *host_routes(host, send),
        *api.routes(),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={ControlError: refuse_control})


class HostStandIn(StandIn):
    """The server as a process of its own, steered by methods.

    ``with HostStandIn(webhook_url=..., units=[("prop-1", "unit-1")]) as host: ...``
    """

    module = "tests.standins.host_server"

    def __init__(
        self,
        webhook_url: str | None = None,
        secrets: Sequence[str] = (SECRET,),
        units: Sequence[tuple[str, str]] = (),
    ) -> None:
        arguments = ["--webhook-url", webhook_url] if webhook_url else []
        arguments += [part for secret in secrets for part in ("--secret", secret)]
        arguments += [part for unit in units for part in ("--unit", "/".join(unit))]
        super().__init__(arguments)

    def add_unit(self, host_property_id: str, host_unit_id: str, rooms: int = 1) -> None:
        """A unit the Host manages, with so many rooms; any other is refused."""
        unit = {"host_property_id": host_property_id, "host_unit_id": host_unit_id, "rooms": rooms}
        self.control("POST", "units", **unit)

    def offer(self, kind: str, *items: Any) -> None:
        """What ``properties`` or ``room-types`` lists from now on; changes that ``availability`` adds."""
        self.control("POST", "lists", kind=kind, items=items)

    def bookings(self) -> list[Booking]:
        every: list[Booking] = self.control("GET", "bookings")
        return every

    def echo(self, enabled: bool = True) -> None:
        """Tell us by webhook of what we did ourselves, too."""
        self.control("POST", "echo", enabled=enabled)

    def book_elsewhere(self, **fields: Any) -> Booking:
        """A booking by another channel; unit, ``check_in`` and ``check_out`` are needed. Sends a webhook."""
        return self._booking("bookings", fields)

    def check_in(self, host_booking_id: str, **fields: Any) -> Booking:
        """The guest arrives. ``event_type`` replaces the usual name of the webhook, here and below."""
        return self._booking(f"bookings/{host_booking_id}/check_in", fields)

    def check_out(self, host_booking_id: str, **fields: Any) -> Booking:
        return self._booking(f"bookings/{host_booking_id}/check_out", fields)

    def no_show(self, host_booking_id: str, **fields: Any) -> Booking:
        """The guest did not come."""
        return self._booking(f"bookings/{host_booking_id}/no_show", fields)

    def update(self, host_booking_id: str, **fields: Any) -> Booking:
        return self._booking(f"bookings/{host_booking_id}/update", fields)

    def cancel(self, host_booking_id: str, **fields: Any) -> Booking:
        return self._booking(f"bookings/{host_booking_id}/cancel", fields)

    def send(self, event_type: str, **data: Any) -> str:
        """Any webhook at all, signed; its id."""
        webhook_id: str = self.control("POST", "webhooks", event_type=event_type, data=data)["webhook_id"]
        return webhook_id

    def _booking(self, path: str, fields: dict[str, Any]) -> Booking:
        booking: Booking = self.control("POST", path, **fields)
        return booking


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--api-key", default=API_KEY)
    parser.add_argument("--secret", action="append", help="signs both ways; repeat it while rotating")
    parser.add_argument("--webhook-url", help="where webhooks are posted; without it they are held")
    parser.add_argument("--unit", action="append", help="PROPERTY/UNIT the Host manages; repeatable")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    serve(lambda url: build_app(url, options), options.port, options.stop_with_stdin)


if __name__ == "__main__":
    main()
