"""Checkout sessions: Stripe's hosted payment page."""

import stripe

from tests.standins.stripe_model import payments
from tests.standins.stripe_model.checks import MINIMUM_AMOUNTS, check_email, checked_currency, display
from tests.standins.stripe_model.errors import StripeError, no_such, not_modelled
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store, merge_metadata

SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600


def create(store: Store, params: Params) -> Object:
    """A page on which the customer can pay until it expires."""
    if params.get("mode", "payment") != "payment":
        raise not_modelled("Checkout in another mode than payment")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_modelled("Checkout pages that are not hosted")
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise _missing(name)
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise StripeError("Not a valid URL", code="url_invalid", param=name)
    if "customer_email" in params:
        check_email(params["customer_email"], "customer_email")
    now = store.now()
    expires_at = params.get("expires_at", now + LONGEST_SECONDS)
    _check_expiry(expires_at - now)
    items = [_line_item(store, item, position) for position, item in enumerate(params["line_items"])]
    currency = items[0]["currency"]
    if any(item["currency"] != currency for item in items):
        raise StripeError("All prices on a Checkout Session must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    if total < MINIMUM_AMOUNTS[currency]:
        least = display(MINIMUM_AMOUNTS[currency], currency)
        raise StripeError(
            f"The Checkout Session's total amount due must add up to at least {least}",
            code="amount_too_small",
        )
    session = store.add(
        stripe.checkout.Session,
        "checkout.session",
        "cs_test",
        mode="payment",
        status="open",
        payment_status="unpaid",
        ui_mode="hosted_page",
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        expires_at=expires_at,
        payment_method_types=["card", "pix"] if currency == "brl" else ["card"],
        metadata=merge_metadata({}, params.get("metadata", {})),
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        custom_fields=[],
        custom_text={"after_submit": None, "shipping_address": None, "submit": None},
        shipping_options=[],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        **{name: params.get(name) for name in _PLAIN},
    )
    session["url"] = f"{store.base_url}/customer/checkout/{session['id']}"
    del session["line_items"]  # a list of its own
    store.session_items[session["id"]] = items
    store.session_intent_data[session["id"]] = params.get("payment_intent_data", {})
    return session


_PLAIN = ("success_url", "cancel_url", "client_reference_id", "customer_email", "locale", "submit_type")


def retrieve(store: Store, _: Params, session_id: str) -> Object:
    return store.find("checkout.session", session_id, "session", status=404)


def expire(store: Store, _: Params, session_id: str) -> Object:
    """Close the page; only an open one can be closed."""
    session = retrieve(store, {}, session_id)
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
            f"status of `{session['status']}`."
        )
    session.update(status="expired", url=None)
    store.emit("checkout.session.expired", session)
    return session


def complete(store: Store, session: Object, method_id: str) -> Object:
    """The customer pays on the page. A declined card leaves the page open for another try."""
    if session["status"] == "open" and session["expires_at"] <= store.now():
        expire(store, {}, session["id"])
    if session["status"] != "open":
        raise StripeError(f"This Checkout Session has a status of `{session['status']}`.")
    intent = store.objects.get(session["payment_intent"] or "") or _new_intent(store, session)
    session["payment_intent"] = intent["id"]
    payments.confirm(store, {"payment_method": method_id, "return_url": session["success_url"]}, intent["id"])
    if intent["status"] in ("succeeded", "requires_capture", "processing"):
        paid = "paid" if intent["status"] == "succeeded" else "unpaid"
        session.update(status="complete", payment_status=paid, url=None)
        store.emit("checkout.session.completed", session)
    return session


def settle(store: Store, intent: Object) -> None:
    """A page is told how a payment of the slow kind went."""
    for session in store.every("checkout.session", payment_intent=intent["id"]):
        if intent["status"] == "succeeded":
            session["payment_status"] = "paid"
            store.emit("checkout.session.async_payment_succeeded", session)
        else:
            store.emit("checkout.session.async_payment_failed", session)


def list_line_items(store: Store, session_id: str) -> list[Object]:
    retrieve(store, {}, session_id)
    return store.session_items[session_id]


def _missing(name: str) -> StripeError:
    return StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)


def _check_expiry(seconds: int) -> None:
    if seconds < SHORTEST_SECONDS:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if seconds > LONGEST_SECONDS:
        raise StripeError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _line_item(store: Store, item: Params, position: int) -> Object:
    name = f"line_items[{position}]"
    if "price" in item:
        raise no_such("price", item["price"], f"{name}[price]")
    if "price_data" not in item:
        raise _missing(f"{name}[price_data]")
    price = item["price_data"]
    if "recurring" in price or "unit_amount_decimal" in price or "product" in price:
        raise not_modelled("prices that recur, have decimals or belong to a stored product")
    for needed in ("unit_amount", "product_data"):
        if needed not in price:
            raise _missing(f"{name}[price_data][{needed}]")
    quantity = item.get("quantity", 1)
    if quantity < 1 or price["unit_amount"] < 0:
        raise StripeError("Invalid non-negative integer", code="parameter_invalid_integer", param=name)
    amount = price["unit_amount"] * quantity
    return {
        "id": store.new_id("li"),
        "object": "item",
        "amount_subtotal": amount,
        "amount_total": amount,
        "amount_discount": 0,
        "amount_tax": 0,
        "currency": checked_currency(price["currency"]),
        "description": price["product_data"]["name"],
        "quantity": quantity,
    }


def _new_intent(store: Store, session: Object) -> Object:
    """Checkout makes the intent when the customer first tries to pay."""
    data = store.session_intent_data[session["id"]]
    return payments.create(
        store, {"amount": session["amount_total"], "currency": session["currency"], **data}
    )
