"""Charges: what a payment intent leaves behind each time somebody tries to pay it."""

from typing import Any

import stripe

from tests.standins.stripe_model.store import Object, Store


def create(store: Store, intent: Object, status: str, **fields: Any) -> Object:
    """A charge of the intent with its payment method, not captured yet."""
    method = store.objects[intent["payment_method"]]
    charge = store.add(
        stripe.Charge,
        "charge",
        "ch" if method["type"] == "card" else "py",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        currency=intent["currency"],
        status=status,
        paid=status == "succeeded",
        captured=False,
        refunded=False,
        disputed=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": method["type"], method["type"]: dict(method[method["type"]])},
        billing_details=method["billing_details"],
        calculated_statement_descriptor="RESERVE",
        fraud_details={},
        metadata=dict(intent["metadata"]),
        **{name: intent[name] for name in ("description", "receipt_email", "transfer_group", "on_behalf_of")},
        **fields,
    )
    intent["latest_charge"] = charge["id"]
    return charge


def succeed(store: Store, intent: Object) -> Object:
    """The charge that was pending for days, now good, or a new one."""
    pending = _pending(store, intent)
    if pending:
        pending.update(status="succeeded", paid=True)
        return pending
    outcome = {
        "type": "authorized",
        "network_status": "approved_by_network",
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete.",
        "reason": None,
    }
    return create(store, intent, "succeeded", outcome=outcome)


def book(store: Store, charge: Object) -> None:
    """The charge reaches the balance, less the fee of 2.9 % (half up) and 30."""
    fee = (charge["amount_captured"] * 29 + 500) // 1000 + 30
    kind = "charge" if charge["id"].startswith("ch_") else "payment"
    entry = store.move_money(
        kind, charge["amount_captured"], charge, fee=fee, category="charge", description=charge["description"]
    )
    charge["balance_transaction"] = entry["id"]


def fail(store: Store, intent: Object, code: str, message: str) -> Object:
    """The charge that was pending for days, refused in the end, or a new one refused at once."""
    failure = {"failure_code": code, "failure_message": message}
    charge = _pending(store, intent)
    if charge is None:
        return create(store, intent, "failed", **failure)
    charge.update(status="failed", **failure)
    return charge


def find_paid(store: Store, intent: Object) -> Object | None:
    """The charge that paid the intent, if one did."""
    charge = store.objects.get(intent["latest_charge"] or "")
    return charge if charge and charge["status"] == "succeeded" and charge["captured"] else None


def _pending(store: Store, intent: Object) -> Object | None:
    charge = store.objects.get(intent["latest_charge"] or "")
    return charge if charge and charge["status"] == "pending" else None
