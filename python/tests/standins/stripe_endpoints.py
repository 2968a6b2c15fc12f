"""The operations of the v1 API: what each takes, and what of the model does it."""

from collections.abc import Callable
from dataclasses import dataclass

from stripe import params as sdk
from stripe.params import checkout as sdk_checkout

from tests.standins.stripe_model import checkout, disputes, payments, refunds, transfers
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store, page


@dataclass(frozen=True)
class Endpoint:
    """One operation: what it takes and what does it."""

    method: str
    path: str
    schema: type
    handler: Callable[..., Object]
    modelled: frozenset[str] | None = None
    """The parameters the stand-in understands of those Stripe does; None: all of them."""
    by_customer: Callable[..., Object] | None = None
    """What does it for a customer's browser, which holds the publishable key and the client secret."""


def _listing(name: str, *filters: str) -> Callable[..., Object]:
    """A handler that lists the objects of one name, filtered by fields."""

    def handler(store: Store, params: Params) -> Object:
        equal = {field_name: params.get(field_name) for field_name in filters}
        return page(store.every(name, **equal), params, f"/v1/{name}s")

    return handler


def _retrieving(name: str, param: str = "id") -> Callable[..., Object]:
    """A handler that returns the object of the id in the path."""

    def handler(store: Store, _: Params, object_id: str) -> Object:
        return store.find(name, object_id, param, status=404)

    return handler


def _list_events(store: Store, params: Params) -> Object:
    wanted = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    patterns = [pattern.removesuffix("*") if pattern.endswith("*") else pattern + "\n" for pattern in wanted]
    events = [
        event
        for event in store.every("event")
        if any(f"{event['type']}\n".startswith(pattern) for pattern in patterns)
    ]
    return page(events, params, "/v1/events")


def _list_session_items(store: Store, _: Params, session_id: str) -> Object:
    items = checkout.list_line_items(store, session_id)
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return {"object": "list", "url": url, "has_more": False, "data": items}


_INTENT = frozenset(
    [
        "allowed_payment_method_types",
        "amount",
        "automatic_payment_methods",
        "capture_method",
        "confirm",
        "confirmation_method",
        "currency",
        "customer",
        "description",
        "error_on_requires_action",
        "excluded_payment_method_types",
        "expand",
        "metadata",
        "off_session",
        "on_behalf_of",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
        "use_stripe_sdk",
    ]
)
_INTENT_UPDATE = _INTENT - {
    "allowed_payment_method_types",
    "capture_method",
    "excluded_payment_method_types",
    "payment_method_data",
}
_CONFIRM = frozenset(
    [
        "error_on_requires_action",
        "expand",
        "off_session",
        "payment_method",
        "payment_method_data",
        "return_url",
        "use_stripe_sdk",
    ]
)
_CAPTURE = frozenset(["amount_to_capture", "expand", "final_capture", "metadata"])
_REFUND = frozenset(["amount", "charge", "expand", "metadata", "payment_intent", "reason"])
_SESSION = frozenset(
    [
        "cancel_url",
        "client_reference_id",
        "customer_email",
        "expand",
        "expires_at",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "submit_type",
        "success_url",
        "ui_mode",
    ]
)
_TRANSFER = frozenset(
    [
        "amount",
        "currency",
        "description",
        "destination",
        "expand",
        "metadata",
        "source_transaction",
        "transfer_group",
    ]
)
_PAGE = frozenset(["created", "ending_before", "expand", "limit", "starting_after"])

ENDPOINTS = [
    Endpoint("POST", "/v1/payment_intents", sdk.PaymentIntentCreateParams, payments.create, _INTENT),
    Endpoint("GET", "/v1/payment_intents", sdk.PaymentIntentListParams, _listing("payment_intent"), _PAGE),
    Endpoint(
        "GET",
        "/v1/payment_intents/{intent}",
        sdk.PaymentIntentRetrieveParams,
        payments.retrieve,
        by_customer=payments.retrieve,
    ),
    Endpoint(
        "POST", "/v1/payment_intents/{intent}", sdk.PaymentIntentUpdateParams, payments.update, _INTENT_UPDATE
    ),
    Endpoint(
        "POST",
        "/v1/payment_intents/{intent}/confirm",
        sdk.PaymentIntentConfirmParams,
        payments.confirm,
        _CONFIRM,
        by_customer=payments.confirm_by_customer,
    ),
    Endpoint(
        "POST",
        "/v1/payment_intents/{intent}/capture",
        sdk.PaymentIntentCaptureParams,
        payments.capture,
        _CAPTURE,
    ),
    Endpoint("POST", "/v1/payment_intents/{intent}/cancel", sdk.PaymentIntentCancelParams, payments.cancel),
    Endpoint(
        "GET", "/v1/charges", sdk.ChargeListParams, _listing("charge", "payment_intent", "transfer_group")
    ),
    Endpoint("GET", "/v1/charges/{charge}", sdk.ChargeRetrieveParams, _retrieving("charge")),
    Endpoint("POST", "/v1/refunds", sdk.RefundCreateParams, refunds.create, _REFUND),
    Endpoint("GET", "/v1/refunds", sdk.RefundListParams, _listing("refund", "payment_intent", "charge")),
    Endpoint("GET", "/v1/refunds/{refund}", sdk.RefundRetrieveParams, refunds.retrieve),
    Endpoint("POST", "/v1/refunds/{refund}", sdk.RefundUpdateParams, refunds.update),
    Endpoint("GET", "/v1/disputes", sdk.DisputeListParams, _listing("dispute", "payment_intent", "charge")),
    Endpoint("GET", "/v1/disputes/{dispute}", sdk.DisputeRetrieveParams, disputes.retrieve),
    Endpoint("POST", "/v1/disputes/{dispute}/close", sdk.DisputeCloseParams, disputes.accept),
    Endpoint("POST", "/v1/checkout/sessions", sdk_checkout.SessionCreateParams, checkout.create, _SESSION),
    Endpoint(
        "GET",
        "/v1/checkout/sessions",
        sdk_checkout.SessionListParams,
        _listing("checkout.session", "payment_intent", "status"),
        _PAGE | {"payment_intent", "status"},
    ),
    Endpoint("GET", "/v1/checkout/sessions/{session}", sdk_checkout.SessionRetrieveParams, checkout.retrieve),
    Endpoint(
        "GET",
        "/v1/checkout/sessions/{session}/line_items",
        sdk_checkout.SessionListLineItemsParams,
        _list_session_items,
    ),
    Endpoint(
        "POST", "/v1/checkout/sessions/{session}/expire", sdk_checkout.SessionExpireParams, checkout.expire
    ),
    Endpoint("POST", "/v1/transfers", sdk.TransferCreateParams, transfers.create, _TRANSFER),
    Endpoint(
        "GET", "/v1/transfers", sdk.TransferListParams, _listing("transfer", "destination", "transfer_group")
    ),
    Endpoint("GET", "/v1/transfers/{transfer}", sdk.TransferRetrieveParams, transfers.retrieve),
    Endpoint(
        "POST",
        "/v1/transfers/{transfer}/reversals",
        sdk.TransferCreateReversalParams,
        transfers.reverse,
        frozenset({"amount", "expand", "metadata"}),
    ),
    Endpoint(
        "GET",
        "/v1/transfers/{transfer}/reversals/{reversal}",
        sdk.TransferRetrieveReversalParams,
        transfers.retrieve_reversal,
    ),
    Endpoint(
        "GET",
        "/v1/balance_transactions",
        sdk.BalanceTransactionListParams,
        _listing("balance_transaction", "source", "type", "currency"),
        _PAGE | {"source", "type", "currency"},
    ),
    Endpoint(
        "GET",
        "/v1/balance_transactions/{entry}",
        sdk.BalanceTransactionRetrieveParams,
        _retrieving("balance_transaction"),
    ),
    Endpoint("GET", "/v1/balance", sdk.BalanceRetrieveParams, transfers.retrieve_balance),
    Endpoint("GET", "/v1/accounts/{account}", sdk.AccountRetrieveParams, transfers.retrieve_account),
    Endpoint("GET", "/v1/events", sdk.EventListParams, _list_events, _PAGE | {"type", "types"}),
    Endpoint("GET", "/v1/events/{event}", sdk.EventRetrieveParams, _retrieving("event")),
]
