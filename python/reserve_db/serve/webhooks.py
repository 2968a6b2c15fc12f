"""POST /webhooks/stripe: what Stripe reports, kept and processed before it is thanked."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reserve_db.database import system
from reserve_db.logs import facts
from reserve_db.serve.bodies import json_object, read_body
from reserve_db.serve.bridge import Bridge
from reserve_db.serve.callers import request_id
from reserve_db.serve.errors import from_exception, own
from reserve_db.signatures import is_genuine

log = logging.getLogger("reserve_db.serve")


async def receive_stripe_event(bridge: Bridge, request: Request) -> Response:
    """2xx once the event is kept, whatever became of it; anything else makes Stripe send it again."""
    began = time.monotonic()
    identifier = request_id(request)
    answer: dict[str, Any] = {"received": True}
    status, headers = 200, {"X-Request-Id": identifier}
    try:
        body = await read_body(request)
        signature = request.headers.get("stripe-signature")
        if not is_genuine(body, signature, bridge.settings.stripe_webhook_secrets):
            raise own("UNAUTHORIZED", reason="The signature is not valid.")
        await bridge.database.call("ingest_stripe_event", {"event": json_object(body)}, system(identifier))
    except Exception as error:
        told = from_exception(error, "service_role")
        answer, status = {"received": False, "error": told.code}, told.status
        headers |= told.headers
        log.log(
            logging.ERROR if status >= 500 else logging.WARNING,
            "webhook refused",
            exc_info=error if status >= 500 else None,
            extra=facts(request_id=identifier, code=told.code, status=status),
        )
    bridge.metrics.answered("webhooks/stripe", status, time.monotonic() - began)
    return JSONResponse(answer, status, headers)
