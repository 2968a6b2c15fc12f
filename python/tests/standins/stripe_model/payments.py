"""PaymentIntents: from the wish to be paid to the money, or to nothing."""

from collections.abc import Iterable

import stripe

from tests.standins.br_codes import br_code
from tests.standins.stripe_model import charges, disputes, methods
from tests.standins.stripe_model.checks import check_amount, check_email, checked_currency
from tests.standins.stripe_model.errors import StripeError, no_such, not_modelled
from tests.standins.stripe_model.methods import Behaviour
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store, merge_metadata

PIX_SECONDS = 86_400

_ACTIVATED_TYPES = {"card": None, "link": None, "pix": {"brl"}, "us_bank_account": {"usd"}}
_BEFORE_PAYMENT = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELABLE = (*_BEFORE_PAYMENT, "requires_capture", "processing")
_ONLY_TO_CONFIRM = ("off_session", "error_on_requires_action", "return_url", "payment_method_data")
_PLAIN = (
    "description",
    "receipt_email",
    "transfer_group",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "setup_future_usage",
    "shipping",
    "payment_method_options",
    "confirmation_method",
    "on_behalf_of",
)


def create(store: Store, params: Params) -> Object:
    """A new intent, confirmed at once if asked."""
    for exclusive in ("excluded_payment_method_types", "automatic_payment_methods"):
        if "allowed_payment_method_types" in params and exclusive in params:
            _refuse_both("allowed_payment_method_types", exclusive)
    for name in _ONLY_TO_CONFIRM:
        if name in params and not params.get("confirm"):
            raise StripeError(f"You can only pass in {name} when setting confirm to true.", param=name)
    currency = checked_currency(params["currency"])
    check_amount(params["amount"], currency)
    _check_plain(store, params)
    automatic = _automatic_payment_methods(params)
    method = methods.use(store, params["payment_method"]) if "payment_method" in params else None
    intent = store.add(
        stripe.PaymentIntent,
        "payment_intent",
        "pi",
        amount=params["amount"],
        currency=currency,
        amount_capturable=0,
        amount_received=0,
        amount_details={"tip": {}},
        automatic_payment_methods=automatic,
        allowed_payment_method_types=params.get("allowed_payment_method_types"),
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        capture_method=params.get("capture_method", "automatic_async"),
        payment_method_types=_available_types(params, currency),
        metadata=merge_metadata({}, params.get("metadata", {})),
        payment_method=method["id"] if method else None,
        status="requires_confirmation" if method else "requires_payment_method",
    )
    intent["confirmation_method"] = "automatic"
    intent["payment_method_options"] = {}
    intent["client_secret"] = f"{intent['id']}_secret_{store.new_id('x')[2:]}"
    intent.update({name: params[name] for name in _PLAIN if name in params})
    store.emit("payment_intent.created", intent)
    if params.get("confirm"):
        return confirm(
            store, {name: params[name] for name in _ONLY_TO_CONFIRM if name in params}, intent["id"]
        )
    return intent


def update(store: Store, params: Params, intent_id: str) -> Object:
    """Change an intent that is not paid yet; description and metadata at any time."""
    intent = retrieve(store, {}, intent_id)
    for name in params:
        if name not in ("metadata", "description", "expand") and intent["status"] not in _BEFORE_PAYMENT:
            raise _unexpected_state(
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent['status']}. You may only update the {name} of a PaymentIntent with one of the "
                f"following statuses: {', '.join(_BEFORE_PAYMENT)}.",
            )
    currency = checked_currency(params["currency"] if "currency" in params else intent["currency"])
    amount = params["amount"] if "amount" in params else intent["amount"]
    check_amount(amount, currency)
    _check_plain(store, params)
    method = methods.use(store, params["payment_method"]) if "payment_method" in params else None
    intent.update(amount=amount, currency=currency)
    intent.update({name: params[name] or None for name in _PLAIN if name in params})
    if "metadata" in params:
        intent["metadata"] = merge_metadata(intent["metadata"], params["metadata"])
    if method:
        intent.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    return intent


def retrieve(store: Store, _: Params, intent_id: str) -> Object:
    return store.find("payment_intent", intent_id, "intent", status=404)


def confirm(store: Store, params: Params, intent_id: str, by_customer: bool = False) -> Object:
    """Try to pay: the intent moves on, asks the customer, or falls back with a card error.

    In the customer's browser Stripe.js sees to redirects itself, so none needs to be named.
    """
    intent = retrieve(store, {}, intent_id)
    if intent["status"] not in _BEFORE_PAYMENT:
        already = "already succeeded after being previously confirmed"
        reason = already if intent["status"] == "succeeded" else f"a status of {intent['status']}"
        raise _unexpected_state(intent, f"You cannot confirm this PaymentIntent because it has {reason}.")
    if by_customer and intent["confirmation_method"] == "manual":
        raise StripeError(
            f"This PaymentIntent ({intent_id}) cannot be confirmed using your publishable key because its "
            "`confirmation_method` is set to `manual`."
        )
    method_id = _method_to_confirm(store, params, intent)
    behaves = methods.behaviour(store, method_id)
    if behaves.type not in intent["payment_method_types"]:
        raise StripeError(
            f"The PaymentMethod provided ({behaves.type}) is not allowed for this PaymentIntent.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    needs_return_url = (
        _may_redirect(intent) and not by_customer and not params.get("error_on_requires_action")
    )
    if needs_return_url and "return_url" not in params:
        raise StripeError(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because "
            "some of these payment methods might redirect your customer off of your page, you must provide "
            "a `return_url`, or set `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    intent.update(payment_method=method_id, next_action=None, last_payment_error=None)
    if behaves.outcome == "declines":
        raise _decline(store, intent, behaves)
    if behaves.outcome == "asks_customer":
        if params.get("off_session") or params.get("error_on_requires_action"):
            refused = Behaviour(
                code="authentication_required",
                decline_code="authentication_required",
                message="Your card was declined. This transaction requires authentication.",
            )
            raise _decline(store, intent, refused)
        return _ask(store, intent, _redirect(store, intent, params.get("return_url")))
    if behaves.outcome == "shows_pix":
        return _ask(store, intent, _pix_code(store, intent))
    if behaves.outcome == "takes_days":
        charges.create(store, intent, status="pending")
        intent["status"] = "processing"
        store.emit("payment_intent.processing", intent)
        return intent
    return pay(store, intent)


def confirm_by_customer(store: Store, params: Params, intent_id: str) -> Object:
    return confirm(store, params, intent_id, by_customer=True)


def pay(store: Store, intent: Object) -> Object:
    """The money is there: authorised where capture is manual, else received."""
    charge = charges.succeed(store, intent)
    intent["next_action"] = None
    behaves = methods.behaviour(store, intent["payment_method"])
    if intent["capture_method"] == "manual":
        charge["captured"] = False
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        store.emit("charge.succeeded", charge)
        store.emit("payment_intent.amount_capturable_updated", intent)
        return intent
    charge.update(captured=True, amount_captured=charge["amount"])
    intent.update(status="succeeded", amount_received=intent["amount"])
    if intent["capture_method"] == "automatic":
        charges.book(store, charge)
    store.emit("charge.succeeded", charge)
    store.emit("payment_intent.succeeded", intent)
    if intent["capture_method"] == "automatic_async":
        charges.book(store, charge)
        store.emit("charge.updated", charge, {"balance_transaction": None})
    if behaves.disputed_as:
        disputes.open_dispute(store, charge, reason=behaves.disputed_as)
    return intent


def fail(store: Store, intent: Object, code: str, message: str) -> Object:
    """The customer did not authenticate, let the code lapse, or the bank refused after days."""
    _decline(
        store, intent, Behaviour(code=code, message=message), with_charge=intent["status"] == "processing"
    )
    return intent


def capture(store: Store, params: Params, intent_id: str) -> Object:
    """Take what was authorised, or less; the rest is let go. It makes no refund."""
    intent = retrieve(store, {}, intent_id)
    if intent["status"] != "requires_capture":
        raise _unexpected_state(
            intent,
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be captured: "
            "requires_capture.",
        )
    if params.get("final_capture") is False:
        raise not_modelled("captures in several parts")
    amount = params["amount_to_capture"] if "amount_to_capture" in params else intent["amount_capturable"]
    if not 1 <= amount <= intent["amount_capturable"]:
        raise StripeError(
            f"The provided amount_to_capture ({amount}) is greater than the intent's capturable amount of "
            f"{intent['amount_capturable']}, or not positive.",
            code="amount_too_large" if amount > 0 else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    charge = store.objects[intent["latest_charge"]]
    charge.update(captured=True, amount_captured=amount)
    charges.book(store, charge)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    if "metadata" in params:
        intent["metadata"] = merge_metadata(intent["metadata"], params["metadata"])
    store.emit(
        "charge.captured", charge, {"captured": False, "amount_captured": 0, "balance_transaction": None}
    )
    store.emit("payment_intent.succeeded", intent)
    return intent


def cancel(store: Store, params: Params, intent_id: str) -> Object:
    """Give an intent up; an authorisation is let go without a refund."""
    intent = retrieve(store, {}, intent_id)
    if intent["status"] not in _CANCELABLE:
        raise _unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be canceled: {', '.join(_CANCELABLE)}.",
        )
    return _cancel(store, intent, params.get("cancellation_reason"))


def expire_authorisation(store: Store, intent: Object) -> Object:
    """What Stripe does about a week after an authorisation nobody captured."""
    charge = store.objects[intent["latest_charge"]]
    store.emit("charge.expired", charge)
    return _cancel(store, intent, "expired")


def _check_plain(store: Store, params: Params) -> None:
    if params.get("receipt_email"):
        check_email(params["receipt_email"], "receipt_email")
    if "statement_descriptor" in params:
        raise StripeError(
            "The statement_descriptor parameter is not supported for the card payment method type. Use "
            "statement_descriptor_suffix instead.",
            param="statement_descriptor",
        )
    if len(params.get("statement_descriptor_suffix", "")) > 22:
        raise StripeError(
            "The statement descriptor suffix must be at most 22 characters.",
            param="statement_descriptor_suffix",
        )
    if "customer" in params:
        raise no_such("customer", params["customer"], "customer")
    if params.get("on_behalf_of"):
        store.require_account(params["on_behalf_of"], "on_behalf_of")


def _automatic_payment_methods(params: Params) -> Object | None:
    """Chosen by Stripe, unless the caller names the types; then they are not automatic."""
    given = params.get("automatic_payment_methods")
    if given is None:
        return (
            None
            if "allowed_payment_method_types" in params
            else {"allow_redirects": "always", "enabled": True}
        )
    return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": given["enabled"]}


def _available_types(params: Params, currency: str) -> list[str]:
    """The account's types that fit the currency and the caller's filters; what does not fit falls away."""
    allowed = params.get("allowed_payment_method_types")
    excluded: Iterable[str] = params.get("excluded_payment_method_types", [])
    available = [
        name
        for name, currencies in _ACTIVATED_TYPES.items()
        if (currencies is None or currency in currencies)
        and (allowed is None or name in allowed)
        and name not in excluded
    ]
    if not available:
        raise StripeError(
            "No valid payment method types for this Payment Intent. Please ensure that you have activated "
            "payment methods compatible with your chosen currency in your dashboard.",
            code="payment_intent_invalid_parameter",
        )
    return available


def _refuse_both(one: str, other: str) -> None:
    raise StripeError(
        f"You may only specify one of these parameters: {one}, {other}.",
        code="parameters_exclusive",
        param=other,
    )


def _method_to_confirm(store: Store, params: Params, intent: Object) -> str:
    if "payment_method" in params and "payment_method_data" in params:
        _refuse_both("payment_method", "payment_method_data")
    if "payment_method" in params:
        return str(methods.use(store, params["payment_method"])["id"])
    if "payment_method_data" in params:
        method_type = params["payment_method_data"].get("type", "")
        method = methods.use_type(store, method_type)
        if method is None:
            raise not_modelled(f"payment_method_data of type {method_type}")
        return str(method["id"])
    if intent["payment_method"] is None:
        raise _unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either "
            "update the PaymentIntent with a payment method and then confirm it again, or confirm it again "
            "directly with a payment method or ConfirmationToken.",
        )
    return str(intent["payment_method"])


def _may_redirect(intent: Object) -> bool:
    automatic = intent["automatic_payment_methods"]
    return bool(automatic and automatic["enabled"] and automatic["allow_redirects"] == "always")


def _unexpected_state(intent: Object, message: str) -> StripeError:
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=dict(intent))


def _ask(store: Store, intent: Object, next_action: Object) -> Object:
    intent.update(status="requires_action", next_action=next_action)
    store.emit("payment_intent.requires_action", intent)
    return intent


def _redirect(store: Store, intent: Object, return_url: str | None) -> Object:
    url = f"{store.base_url}/customer/authenticate/{intent['id']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}


def _pix_code(store: Store, intent: Object) -> Object:
    options = intent["payment_method_options"].get("pix", {})
    seconds = options.get("expires_after_seconds", PIX_SECONDS)
    url = f"{store.base_url}/customer/pix/{intent['id']}"
    code = {
        "data": br_code(intent["id"], intent["amount"]),
        "expires_at": options.get("expires_at") or store.now() + seconds,
        "hosted_instructions_url": url,
        "image_url_png": f"{url}.png",
        "image_url_svg": f"{url}.svg",
    }
    return {"type": "pix_display_qr_code", "pix_display_qr_code": code}


def _cancel(store: Store, intent: Object, reason: str | None) -> Object:
    intent.update(
        status="canceled",
        canceled_at=store.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    store.emit("payment_intent.canceled", intent)
    return intent


def _decline(store: Store, intent: Object, behaves: Behaviour, with_charge: bool = True) -> StripeError:
    """The intent falls back to wanting a payment method; the error says why."""
    method = store.objects[intent["payment_method"]]
    charge = charges.fail(store, intent, behaves.code, behaves.message) if with_charge else None
    refusal = StripeError(
        behaves.message,
        code=behaves.code,
        type="card_error" if method["type"] == "card" else "invalid_request_error",
        status=402,
        decline_code=behaves.decline_code,
        charge=charge["id"] if charge else None,
        payment_method=dict(method),
    )
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=dict(refusal.error),
    )
    if charge:
        store.emit("charge.failed", charge)
    store.emit("payment_intent.payment_failed", intent)
    refusal.error["payment_intent"] = dict(intent)
    return refusal
