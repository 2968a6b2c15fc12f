"""The test controls both stand-ins share: deliveries, faults, latency, and the log of requests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.deliveries import Deliveries, Delivery
from tests.standins.faults import Fault, Faults

Handler = Callable[[Request], Awaitable[Response]]


class ControlError(Exception):
    """A test asked for something that cannot be."""


async def refuse_control(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


async def json_body(request: Request) -> dict[str, Any]:
    return await request.json() if await request.body() else {}


def shared_routes(
    deliveries: Deliveries, faults: Faults, log: list[dict[str, Any]], reset_model: Callable[[], None]
) -> list[Route]:
    """The routes below ``/_test`` that are the same for every stand-in."""

    def find(body: dict[str, Any]) -> list[Delivery]:
        unknown = [delivery_id for delivery_id in body["ids"] if delivery_id not in deliveries.all]
        if unknown:
            raise ControlError(f"no webhook {', '.join(unknown)}")
        return [deliveries.all[delivery_id] for delivery_id in body["ids"]]

    async def configure(request: Request) -> Response:
        body = await json_body(request)
        deliveries.url = body.pop("webhook_url", deliveries.url)
        deliveries.secrets = body.pop("webhook_secrets", deliveries.secrets)
        deliveries.retry_seconds = body.pop("retry_seconds", deliveries.retry_seconds)
        deliveries.max_attempts = body.pop("max_attempts", deliveries.max_attempts)
        faults.latency_seconds = body.pop("latency_seconds", faults.latency_seconds)
        if body:
            raise ControlError(f"unknown setting {', '.join(body)}")
        return JSONResponse({})

    async def reset(_: Request) -> Response:
        reset_model()
        faults.reset()
        await deliveries.reset()
        log.clear()
        return JSONResponse({})

    async def hold(_: Request) -> Response:
        deliveries.holding = True
        return JSONResponse({})

    async def release(request: Request) -> Response:
        body = await json_body(request)
        deliveries.release(find(body) if "ids" in body else None)
        return JSONResponse({})

    async def drop(request: Request) -> Response:
        deliveries.drop(find(await json_body(request)))
        return JSONResponse({})

    async def deliver(request: Request) -> Response:
        body = await json_body(request)
        chosen = [delivery for delivery in find(body) for _ in range(body.get("times", 1))]
        posts = [
            deliveries.post(delivery, body.get("signed_seconds_ago", 0), body.get("secrets"))
            for delivery in chosen
        ]
        attempts = await asyncio.gather(*posts) if body.get("at_once") else [await post for post in posts]
        return JSONResponse([vars(attempt) for attempt in attempts])

    async def settle(request: Request) -> Response:
        settled = await deliveries.settle((await json_body(request)).get("timeout_seconds", 10))
        undelivered = [
            item.report() for item in deliveries.all.values() if item.state in ("queued", "failed")
        ]
        return JSONResponse({"settled": settled, "undelivered": undelivered})

    async def report(_: Request) -> Response:
        return JSONResponse([delivery.report() for delivery in deliveries.all.values()])

    async def add_fault(request: Request) -> Response:
        faults.pending.append(Fault(**await json_body(request)))
        return JSONResponse({})

    async def clear_faults(_: Request) -> Response:
        faults.pending.clear()
        return JSONResponse({})

    async def requests(_: Request) -> Response:
        return JSONResponse(log)

    return [
        Route("/_test/configure", configure, methods=["POST"]),
        Route("/_test/reset", reset, methods=["POST"]),
        Route("/_test/deliveries", report, methods=["GET"]),
        Route("/_test/deliveries/hold", hold, methods=["POST"]),
        Route("/_test/deliveries/release", release, methods=["POST"]),
        Route("/_test/deliveries/drop", drop, methods=["POST"]),
        Route("/_test/deliveries/deliver", deliver, methods=["POST"]),
        Route("/_test/deliveries/settle", settle, methods=["POST"]),
        Route("/_test/faults", add_fault, methods=["POST"]),
        Route("/_test/faults", clear_faults, methods=["DELETE"]),
        Route("/_test/requests", requests, methods=["GET"]),
    ]
