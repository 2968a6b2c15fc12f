"""POST /webhooks/{sender}: what providers and the Host report, kept and processed before it is thanked."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reserve_db.database import system
from reserve_db.logs import facts
from reserve_db.serve.bodies import json_object, read_body
from reserve_db.serve.bridge import Bridge
from reserve_db.serve.callers import request_id
from reserve_db.serve.errors import from_exception, own
from reserve_db.settings import Settings
from reserve_db.signatures import is_from_mercadopago, is_from_openpix, is_genuine

log = logging.getLogger("reserve_db.serve")

Object = dict[str, Any]


@dataclass(frozen=True)
class Sender:
    """How one provider signs, which RPC takes in what it sends, and what it is answered."""

    name: str
    is_genuine: Callable[[Request, bytes, Settings], bool]
    function: str
    arguments: Callable[[Request, Object], Object]
    answer: Callable[[Any], Object] = lambda _: {"received": True}


def _notice(provider: str, event_id: str, kind: Any, payment_id: str, is_live: bool) -> Object:
    """That something has become of a payment, in the envelope of Stripe's events. What, is asked for."""
    named: Object = {"object": "provider_payment", "provider": provider, "id": payment_id}
    return {
        "event": {
            "id": f"{provider}:{event_id}",
            "type": f"{provider}.{kind}",
            "created": int(time.time()),
            "livemode": is_live,
            "data": {"object": named if payment_id else {"object": "notice"}},
        }
    }


def _from_mercadopago(request: Request, body: Object) -> Object:
    """The address and the request's id are signed, not the body."""
    query, identifier = request.query_params, request.headers.get("x-request-id", "")
    payment_id = query.get("data.id", "") if query.get("type") == "payment" else ""
    kind = query.get("type", "unknown")
    return _notice("mercadopago", identifier, kind, payment_id, body.get("live_mode") is True)


def _from_openpix(_: Request, body: Object) -> Object:
    """A charge is told of once per kind of event; what names no charge, such as a test, is only kept."""
    charge = body.get("charge")
    charge_id = charge.get("correlationID") if isinstance(charge, dict) else None
    named = charge_id if isinstance(charge_id, str) else ""
    kind = body.get("event") or body.get("evento") or "unknown"
    known_by = named or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return _notice("openpix", f"{kind}:{known_by}", kind, named, is_live=True)


SENDERS = (
    Sender(
        name="stripe",
        is_genuine=lambda request, body, settings: is_genuine(
            body, request.headers.get("stripe-signature"), settings.stripe_webhook_secrets
        ),
        function="ingest_stripe_event",
        arguments=lambda _, body: {"event": body},
    ),
    Sender(
        name="mercadopago",
        is_genuine=lambda request, _, settings: is_from_mercadopago(
            request.query_params.get("data.id", ""),
            request.headers.get("x-request-id", ""),
            request.headers.get("x-signature"),
            settings.mercadopago_webhook_secrets,
        ),
        function="ingest_stripe_event",
        arguments=_from_mercadopago,
    ),
    Sender(
        name="openpix",
        is_genuine=lambda request, body, settings: is_from_openpix(
            body, request.headers.get("x-openpix-signature"), settings.openpix_webhook_secrets
        ),
        function="ingest_stripe_event",
        arguments=_from_openpix,
    ),
    Sender(
        name="host",
        is_genuine=lambda request, body, settings: is_genuine(
            body, request.headers.get("reserve-signature"), settings.host_secrets
        ),
        function="host_webhook_receiver",
        arguments=lambda request, body: {
            **{name: body.get(name) for name in ("event_type", "timestamp", "data", "webhook_id")},
            "signature": request.headers.get("reserve-signature", ""),
        },
        answer=lambda answer: answer,
    ),
)


async def receive(sender: Sender, bridge: Bridge, request: Request) -> Response:
    """2xx once it is kept, whatever became of it; anything else makes the provider send it again."""
    began = time.monotonic()
    identifier = request_id(request)
    status, headers = 200, {"X-Request-Id": identifier}
    try:
        body = await read_body(request)
        if not sender.is_genuine(request, body, bridge.settings):
            raise own("UNAUTHORIZED", reason="The signature is not valid.")
        arguments = sender.arguments(request, json_object(body))
        answer = sender.answer(await bridge.database.call(sender.function, arguments, system(identifier)))
    except Exception as error:
        told = from_exception(error, "service_role")
        answer, status = {"received": False, "error": told.code}, told.status
        headers |= told.headers
        log.log(
            logging.ERROR if status >= 500 else logging.WARNING,
            "webhook refused",
            exc_info=error if status >= 500 else None,
            extra=facts(request_id=identifier, sender=sender.name, code=told.code, status=status),
        )
    bridge.metrics.answered(f"webhooks/{sender.name}", status, time.monotonic() - began)
    return JSONResponse(answer, status, headers)
