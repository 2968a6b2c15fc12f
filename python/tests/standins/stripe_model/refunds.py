"""Refunds."""

import stripe

from tests.standins.stripe_model import charges, methods
from tests.standins.stripe_model.checks import display
from tests.standins.stripe_model.errors import StripeError
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store, merge_metadata


def create(store: Store, params: Params) -> Object:
    """Give back a payment or a part of it, never more than is left of it."""
    charge = _charge_to_refund(store, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"] and not _is_refundable_again(store, charge):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    amount = params.get("amount", left)
    if amount < 1:
        raise StripeError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise StripeError(
            f"Refund amount ({display(amount, charge['currency'])}) is greater than unrefunded amount on "
            f"charge ({display(left, charge['currency'])})",
            code="amount_too_large",
            param="amount",
        )
    behaves = methods.behaviour(store, charge["payment_method"])
    refund = store.add(
        stripe.Refund,
        "refund",
        "re",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        metadata=merge_metadata({}, params.get("metadata", {})),
        reason=params.get("reason"),
        status="pending" if behaves.refund_is_pending else "succeeded",
        destination_details={"type": behaves.type, behaves.type: {}},
    )
    entry = store.move_money("refund", -amount, refund)
    refund["balance_transaction"] = entry["id"]
    _add_refunded(charge, amount)
    store.emit("refund.created", refund)
    store.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    return refund


def retrieve(store: Store, _: Params, refund_id: str) -> Object:
    return store.find("refund", refund_id, "id", status=404)


def update(store: Store, params: Params, refund_id: str) -> Object:
    """Only the metadata of a refund can change."""
    refund = retrieve(store, {}, refund_id)
    if "metadata" in params:
        refund["metadata"] = merge_metadata(refund["metadata"], params["metadata"])
        _announce_update(store, refund)
    return refund


def succeed(store: Store, refund: Object) -> Object:
    """A pending refund reaches the customer."""
    refund["status"] = "succeeded"
    _announce_update(store, refund)
    return refund


def fail(store: Store, refund: Object, reason: str) -> Object:
    """The customer's bank sends it back, perhaps days after it was called succeeded: the money returns."""
    charge = store.objects[refund["charge"]]
    entry = store.move_money("refund_failure", refund["amount"], refund)
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=entry["id"])
    _add_refunded(charge, -refund["amount"])
    store.emit("refund.failed", refund)
    _announce_update(store, refund)
    return refund


def _charge_to_refund(store: Store, params: Params) -> Object:
    if "payment_intent" not in params and "charge" not in params:
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if "charge" in params:
        charge = store.find("charge", params["charge"], "charge")
        if params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise StripeError("The charge does not belong to the payment_intent.", param="payment_intent")
        if not charge["captured"]:
            raise StripeError(
                f"Charge {charge['id']} is not refundable: it was not captured.", code="charge_not_refundable"
            )
        return charge
    intent = store.find("payment_intent", params["payment_intent"], "payment_intent")
    found = charges.find_paid(store, intent)
    if found is None:
        raise StripeError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return found


def _is_refundable_again(store: Store, charge: Object) -> bool:
    return all(dispute["is_charge_refundable"] for dispute in store.every("dispute", charge=charge["id"]))


def _add_refunded(charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]


def _announce_update(store: Store, refund: Object) -> None:
    store.emit("refund.updated", refund)
    store.emit("charge.refund.updated", refund)
