"""Disputes: opened by the customer's bank, closed as won or lost."""

import stripe

from tests.standins.stripe_model.errors import StripeError
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store

DISPUTE_FEE = 1500
EVIDENCE_SECONDS = 7 * 86_400


def open_dispute(
    store: Store, charge: Object, *, reason: str, amount: int | None = None, fee: int = DISPUTE_FEE
) -> Object:
    """The bank takes the money back, and Stripe takes a fee."""
    dispute = store.add(
        stripe.Dispute,
        "dispute",
        "du",
        amount=charge["amount_captured"] if amount is None else amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        balance_transactions=[],
        reason=reason,
        status="needs_response",
        is_charge_refundable=False,
        evidence={},
        evidence_details={"due_by": store.now() + EVIDENCE_SECONDS, "has_evidence": False, "past_due": False},
        enhanced_eligibility_types=[],
        metadata={},
    )
    charge["disputed"] = True
    store.emit("charge.dispute.created", dispute)
    _move(store, dispute, -dispute["amount"], fee, "Chargeback withdrawal")
    store.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(store: Store, dispute: Object, status: str, fee_returned: bool = False) -> Object:
    """``won``: the money comes back, the fee only if said so; ``lost``: it stays away."""
    dispute["status"] = status
    if status == "won":
        fee = sum(entry["fee"] for entry in dispute["balance_transactions"])
        dispute["is_charge_refundable"] = True
        _move(store, dispute, dispute["amount"], -fee if fee_returned else 0, "Chargeback reversal")
        store.emit("charge.dispute.funds_reinstated", dispute)
    store.emit("charge.dispute.closed", dispute)
    return dispute


def retrieve(store: Store, _: Params, dispute_id: str) -> Object:
    return store.find("dispute", dispute_id, "dispute", status=404)


def accept(store: Store, _: Params, dispute_id: str) -> Object:
    """The merchant gives in."""
    dispute = retrieve(store, {}, dispute_id)
    if dispute["status"] not in ("needs_response", "under_review"):
        raise StripeError(f"This dispute is already closed with a status of {dispute['status']}.")
    return close(store, dispute, "lost")


def _move(store: Store, dispute: Object, amount: int, fee: int, description: str) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    entry = store.move_money(
        "adjustment", amount, dispute, fee=fee, category=category, description=description
    )
    dispute["balance_transactions"].append(entry)
