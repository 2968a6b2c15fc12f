"""Starting a payment on Stripe's own page: the database prepares it, Stripe opens it, the database
records it.

No transaction is open while Stripe is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reserve_db.database import Caller, Database
from reserve_db.serve import stripe_requests
from reserve_db.stripe_gateway import StripeGateway

Object = dict[str, Any]


async def start(
    database: Database, stripe: StripeGateway, function: str, arguments: Mapping[str, Any], caller: Caller
) -> Object:
    """Opens the page on which an order is paid, or finds the one that is open.

    Raises what the functions raise, and ProviderError.
    """
    service = caller.with_role("service_role")
    prepared: Object = await database.call(function, arguments, service)
    session = await _session(database, stripe, prepared, service)
    if session["status"] == "expired" or session["payment_status"] == "paid":
        # News to the database, which begins anew or says what has become of the order.
        prepared = await database.call(function, arguments, service)
        session = await _session(database, stripe, prepared, service)
    return {
        "payment_id": prepared["payment_id"],
        "checkout_session_id": session["id"],
        "status": session["status"],
        "url": session["url"],
        "expires_at": prepared["pay_by"] or datetime.fromtimestamp(session["expires_at"], UTC).isoformat(),
    }


async def _session(database: Database, stripe: StripeGateway, prepared: Object, service: Caller) -> Object:
    """The session that counts for the payment, as Stripe has it now."""
    known = prepared["checkout_session_id"]
    if known is None:
        session = await stripe_requests.create(stripe.create_checkout_session, prepared)
    else:
        session = await stripe.fetch("checkout.session", known)
    arguments = {"payment_id": prepared["payment_id"], "checkout_session": session}
    recorded: Object = await database.call("record_checkout_session", arguments, service)
    if recorded["checkout_session_id"] != session["id"]:
        session = await stripe.fetch("checkout.session", recorded["checkout_session_id"])
    return session
