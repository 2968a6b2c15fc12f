"""POST /functions/v1/{name}: one RPC, or the start of a payment, answered in one envelope."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reserve_db.database import Caller, Database
from reserve_db.logs import facts
from reserve_db.serve import card_payments, checkout, pix_payments
from reserve_db.serve.bodies import json_object, read_body
from reserve_db.serve.bridge import Bridge
from reserve_db.serve.cache import Cached, cache_key
from reserve_db.serve.callers import client_address, identify, network_of, request_id
from reserve_db.serve.errors import ApiError, from_exception, own, unavailable
from reserve_db.stripe_gateway import StripeGateway

log = logging.getLogger("reserve_db.serve")

# Functions of schema api that prepare a payment, and what starts it at Stripe: the only way to them for
# everybody but the system.
PAYMENTS_AT_STRIPE: Mapping[
    str, Callable[[Database, StripeGateway, str, Mapping[str, Any], Caller], Awaitable[dict[str, Any]]]
] = {
    "create_payment_intent_stripe": card_payments.start,
    "create_payment_intent": card_payments.start,
    "create_checkout_session": checkout.start,
}
PAYMENT_STARTS = (*PAYMENTS_AT_STRIPE, "create_pix_charge")
POLL_SECONDS = 5
# How old an answer may be, here and at the client; clients add no more than what is left (`Age`).
CACHE_SECONDS: Mapping[str, int] = {
    "search_availability": 60,
    "get_property_list": 300,
    "get_property_detail": 300,
    "get_unit_availability_calendar": 30,
    "get_ads_for_page": 60,
}


async def call_function(bridge: Bridge, request: Request) -> Response:
    """The body's keys are the function's parameters without `p_`."""
    began = time.monotonic()
    name: str = request.path_params["name"]
    identifier = request_id(request)
    role = "anon"
    try:
        address = client_address(request, bridge.settings.trusted_proxies)
        caller = identify(request, identifier, address, bridge.settings.jwt_secret)
        role = caller.role
        _count(bridge, caller, address)
        arguments = json_object(await read_body(request))
        answer = await _answer(bridge, name, arguments, caller)
        data = _told(answer, time.monotonic() - began)
        status, body = 200, {"success": True, "data": data}
        headers = _headers(name, arguments, answer)
    except Exception as error:
        told = from_exception(error, role)
        _log(error, told, identifier, name)
        status, body = told.status, {"success": False, "error": _shown(told)}
        headers = {"Cache-Control": "no-store", **told.headers}
    seconds = time.monotonic() - began
    bridge.metrics.answered("unknown" if status == 404 else name, status, seconds)
    meta = {"request_id": identifier, "processing_time_ms": round(seconds * 1000, 3)}
    return JSONResponse({**body, "meta": meta}, status, {**headers, "X-Request-Id": identifier})


def _count(bridge: Bridge, caller: Caller, address: str) -> None:
    """Only the system's own backends call as often as they like."""
    if caller.role == "service_role":
        return
    if wait := bridge.rate_limit.seconds_to_wait(network_of(address)):
        raise own(
            "RATE_LIMIT_EXCEEDED",
            headers={"Retry-After": str(wait)},
            limit_per_minute=bridge.rate_limit.limit,
        )


async def _answer(bridge: Bridge, name: str, arguments: dict[str, Any], caller: Caller) -> Cached:
    signature = await bridge.database.signature(name, arguments)
    if signature is None:
        raise own("NOT_FOUND", function=name)
    for key in arguments:
        if key not in signature.types:
            raise own("INVALID_REQUEST", field=key, reason="The function has no such parameter.")
    for key in sorted(signature.required):
        if key not in arguments:
            raise own("MISSING_REQUIRED_FIELD", field=key)
    if name == "create_pix_charge":
        return Cached(await pix_payments.start(bridge.database, bridge.pix, arguments, caller), hit=False)
    if name in PAYMENTS_AT_STRIPE:
        if bridge.stripe is None:
            raise unavailable(provider="stripe")
        start = PAYMENTS_AT_STRIPE[name]
        return Cached(await start(bridge.database, bridge.stripe, name, arguments, caller), hit=False)
    ask = partial(bridge.database.call, name, arguments, caller)
    seconds = _cache_seconds(name, arguments)
    if seconds is None:
        return Cached(await ask(), hit=False)
    inputs = arguments
    if "session_id" in signature.types:
        inputs = {**arguments, "header": caller.headers.get("x-session-id")}
    key = cache_key(name, inputs, caller.role, caller.claims.get("city_code"))
    return await bridge.cache.get(key, seconds, ask)


def _cache_seconds(name: str, arguments: Mapping[str, Any]) -> int | None:
    """How long an answer may be kept; what is not published depends on who asks, and is not."""
    return CACHE_SECONDS.get(name) if arguments.get("is_published") in (None, True) else None


def _told(answer: Cached, seconds: float) -> Any:
    """The answer; one that tells how it was made says that it was kept, and how long this took."""
    if not answer.hit or "metadata" not in answer.value:
        return answer.value
    measured = {"query_time_ms": round(seconds * 1000), "cache_hit": True}
    return {**answer.value, "metadata": {**answer.value["metadata"], **measured}}


def _headers(name: str, arguments: Mapping[str, Any], answer: Cached) -> dict[str, str]:
    seconds = _cache_seconds(name, arguments)
    headers = {"Cache-Control": f"private, max-age={seconds}" if seconds else "no-store"}
    if answer.hit:
        headers["Age"] = str(round(answer.age))
    if name == "poll_payment_status" and answer.value["status"] == "payment_pending":
        headers["Retry-After"] = str(POLL_SECONDS)
    return headers


def _shown(error: ApiError) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": error.code, "message": error.message}
    return {**shown, "details": dict(error.details)} if error.details else shown


def _log(error: Exception, told: ApiError, identifier: str, name: str) -> None:
    if told.status >= 500:
        log.error(
            "request failed",
            exc_info=error,
            extra=facts(request_id=identifier, function=name, code=told.code, status=told.status),
        )
