"""Stripe's test payment methods: what each of them leads to."""

from dataclasses import dataclass
from typing import Literal

import stripe

from tests.standins.stripe_model.errors import no_such
from tests.standins.stripe_model.store import Object, Store

Outcome = Literal["pays", "declines", "asks_customer", "shows_pix", "takes_days"]


@dataclass(frozen=True)
class Behaviour:
    """What happens when a payment is confirmed, refunded or disputed with this method."""

    outcome: Outcome = "pays"
    type: str = "card"
    brand: str = "visa"
    last4: str = "4242"
    code: str = "card_declined"
    decline_code: str | None = None
    message: str = "Your card was declined."
    refund_is_pending: bool = False
    disputed_as: str | None = None


def _declining(decline_code: str | None, code: str = "card_declined", message: str = "") -> Behaviour:
    return Behaviour(
        "declines", last4="0002", code=code, decline_code=decline_code, message=message or _DECLINED
    )


_DECLINED = "Your card was declined."
_DECLINES = {
    "chargeDeclined": _declining("generic_decline"),
    "chargeDeclinedInsufficientFunds": _declining(
        "insufficient_funds", message="Your card has insufficient funds."
    ),
    "chargeDeclinedLostCard": _declining("lost_card"),
    "chargeDeclinedStolenCard": _declining("stolen_card"),
    "chargeDeclinedFraudulent": _declining("fraudulent"),
    "chargeDeclinedExpiredCard": _declining(None, "expired_card", "Your card has expired."),
    "chargeDeclinedIncorrectCvc": _declining(
        None, "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "chargeDeclinedProcessingError": _declining(
        None, "processing_error", "An error occurred while processing your card. Try again in a little bit."
    ),
    "chargeCustomerFail": _declining("generic_decline"),
}

BEHAVIOURS = {
    "pm_card_visa": Behaviour(),
    "pm_card_mastercard": Behaviour(brand="mastercard", last4="4444"),
    "pm_card_amex": Behaviour(brand="amex", last4="0005"),
    "pm_card_br": Behaviour(last4="0000"),
    "pm_card_bypassPending": Behaviour(last4="0077"),
    "pm_card_authenticationRequired": Behaviour("asks_customer", last4="3184"),
    "pm_card_threeDSecure2Required": Behaviour("asks_customer", last4="3220"),
    "pm_card_pendingRefund": Behaviour(last4="7726", refund_is_pending=True),
    "pm_card_refundFail": Behaviour(last4="5126"),
    "pm_card_createDispute": Behaviour(last4="0259", disputed_as="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Behaviour(last4="2685", disputed_as="product_not_received"),
    "pm_usBankAccount_success": Behaviour("takes_days", type="us_bank_account", brand="", last4="6789"),
    **{f"pm_card_{name}": behaviour for name, behaviour in _DECLINES.items()},
    **{f"pm_card_visa_{name}": behaviour for name, behaviour in _DECLINES.items()},
}
_NULLABLE = {"allow_redisplay", "customer", "customer_account"}
_OTHER_TYPES = {"pix": Behaviour("shows_pix", type="pix", brand="", last4="")}


def use(store: Store, method_id: str, param: str = "payment_method") -> Object:
    """The payment method of this id; a test id stands for a new method each time it is used."""
    if method_id in BEHAVIOURS:
        return _create(store, BEHAVIOURS[method_id], method_id)
    if store.objects.get(method_id, {}).get("object") != "payment_method":
        raise no_such("PaymentMethod", method_id, param)
    return store.objects[method_id]


def use_type(store: Store, method_type: str) -> Object | None:
    """A payment method made from data alone; None where this type needs more than that."""
    return _create(store, _OTHER_TYPES[method_type], method_type) if method_type in _OTHER_TYPES else None


def behaviour(store: Store, method_id: str) -> Behaviour:
    """What this payment method leads to."""
    test_id = store.test_ids[method_id]
    return BEHAVIOURS.get(test_id) or _OTHER_TYPES[test_id]


def _create(store: Store, behaves: Behaviour, test_id: str) -> Object:
    details = {
        "brand": behaves.brand,
        "last4": behaves.last4,
        "exp_month": 12,
        "exp_year": 2034,
        "country": "US",
    }
    blank = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    method = store.add(
        stripe.PaymentMethod,
        "payment_method",
        "pm",
        type=behaves.type,
        billing_details={"address": blank, "email": None, "name": None, "phone": None, "tax_id": None},
        metadata={},
    )
    store.test_ids[method["id"]] = test_id
    for name in [name for name, value in method.items() if value is None and name not in _NULLABLE]:
        del method[name]
    method[behaves.type] = details if behaves.type == "card" else {}
    return method
