"""Starting a card payment: the database prepares it, Stripe opens it, the database records it.

No transaction is open while Stripe is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reserve_db.database import Caller, Database
from reserve_db.serve import stripe_requests
from reserve_db.serve.errors import own
from reserve_db.stripe_gateway import StripeGateway

Object = dict[str, Any]

TO_CONFIRM = ("requires_payment_method", "requires_confirmation")
SHOWN_STATUS: Mapping[str, str] = {
    "requires_payment_method": "requires_payment_method",
    "requires_confirmation": "requires_payment_method",
    "requires_action": "requires_action",
    "processing": "processing",
    "requires_capture": "processing",
    "succeeded": "processing",
}


async def start(
    database: Database, stripe: StripeGateway, function: str, arguments: Mapping[str, Any], caller: Caller
) -> Object:
    """Opens the payment of an order, or finds the one that is open, and answers what a browser needs to pay.

    Raises what the functions raise, and ProviderError.
    """
    service = caller.with_role("service_role")
    prepared: Object = await database.call(function, arguments, service)
    if prepared["payment_intent_id"] is None:
        intent = await stripe_requests.create(stripe.create_payment_intent, prepared)
        recorded = await _record(database, prepared, intent, service)
        if recorded != intent["id"]:
            intent = await stripe.fetch("payment_intent", recorded)
    else:
        intent = await stripe.fetch("payment_intent", prepared["payment_intent_id"])
    method = prepared.get("payment_method_id")
    if method and intent["status"] in TO_CONFIRM:
        key = f"{prepared['idempotency_key']}:confirm:{method}"
        intent = await stripe.confirm_payment_intent(intent["id"], method, key)
        await _record(database, prepared, intent, service)
    return _shown(intent)


async def _record(database: Database, prepared: Object, intent: Object, service: Caller) -> str:
    """The id of the intent that counts for the payment. The client secret stays out of the database."""
    stored = {name: value for name, value in intent.items() if name != "client_secret"}
    arguments = {"payment_id": prepared["payment_id"], "payment_intent": stored}
    recorded: Object = await database.call("record_payment_intent", arguments, service)
    return str(recorded["payment_intent_id"])


def _shown(intent: Object) -> Object:
    status = SHOWN_STATUS.get(intent["status"])
    if status is None:
        raise own("PAYMENT_FAILED", reason="This payment was cancelled.")
    shown = {"payment_intent_id": intent["id"], "client_secret": intent["client_secret"], "status": status}
    if action := intent.get("next_action"):
        shown["next_action"] = {"type": action["type"]}
        if redirect := action.get("redirect_to_url"):
            shown["next_action"]["redirect_url"] = redirect["url"]
    return shown
