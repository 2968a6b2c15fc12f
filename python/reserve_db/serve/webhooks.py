"""POST /webhooks/{stripe,host}: what they report, kept and processed before it is thanked."""

from __future__ import annotations

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
from reserve_db.signatures import is_genuine

log = logging.getLogger("reserve_db.serve")

Object = dict[str, Any]


@dataclass(frozen=True)
class Sender:
    """How one provider signs, which RPC takes in what it sends, and what it is answered."""

    name: str
    header: str
    secrets: Callable[[Settings], tuple[str, ...]]
    function: str
    arguments: Callable[[Object, str], Object]
    answer: Callable[[Any], Object]


STRIPE = Sender(
    name="stripe",
    header="stripe-signature",
    secrets=lambda settings: settings.stripe_webhook_secrets,
    function="ingest_stripe_event",
    arguments=lambda body, _: {"event": body},
    answer=lambda _: {"received": True},
)
HOST = Sender(
    name="host",
    header="reserve-signature",
    secrets=lambda settings: settings.host_secrets,
    function="host_webhook_receiver",
    arguments=lambda body, signature: {
        **{name: body.get(name) for name in ("event_type", "timestamp", "data", "webhook_id")},
        "signature": signature,
    },
    answer=lambda answer: answer,
)


async def receive(sender: Sender, bridge: Bridge, request: Request) -> Response:
    """2xx once it is kept, whatever became of it; anything else makes the provider send it again."""
    began = time.monotonic()
    identifier = request_id(request)
    status, headers = 200, {"X-Request-Id": identifier}
    try:
        body = await read_body(request)
        signature = request.headers.get(sender.header, "")
        if not is_genuine(body, signature, sender.secrets(bridge.settings)):
            raise own("UNAUTHORIZED", reason="The signature is not valid.")
        arguments = sender.arguments(json_object(body), signature)
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
