"""The Stripe stand-in refuses what Stripe refuses, remembers what Stripe remembers, and tells of all it does.

The caller is always the real SDK, as product code is.
"""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.standins.conftest import Receiver
from tests.standins.signatures import sign
from tests.standins.stripe_model.store import API_VERSION, skeleton
from tests.standins.stripe_server import ACCOUNT, PUBLISHABLE_KEY, WEBHOOK_SECRET, StripeStandIn

NEW_SECRET = "whsec_new"


@pytest.fixture(scope="module")
def server(receiver: Receiver) -> Iterator[StripeStandIn]:
    with StripeStandIn(receiver.url, [WEBHOOK_SECRET, NEW_SECRET]) as running:
        running.configure(retry_seconds=0.01)
        yield running


@pytest.fixture
def standin(server: StripeStandIn, receiver: Receiver) -> StripeStandIn:
    server.reset()
    receiver.clear()
    return server


@pytest.fixture
def client(standin: StripeStandIn) -> stripe.V1Services:
    return standin.client().v1


def new_intent(client: stripe.V1Services, **params: Any) -> stripe.PaymentIntent:
    automatic = {"enabled": True, "allow_redirects": "never"}
    return client.payment_intents.create(
        {"amount": 15000, "currency": "brl", "automatic_payment_methods": automatic, **params}  # type: ignore[typeddict-item]
    )


def paid_intent(
    client: stripe.V1Services, method: str = "pm_card_visa", **params: Any
) -> stripe.PaymentIntent:
    return new_intent(client, confirm=True, payment_method=method, **params)


def charge_of(client: stripe.V1Services, intent: stripe.PaymentIntent) -> stripe.Charge:
    assert isinstance(intent.latest_charge, str)
    return client.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})


def refused(call: Any, *arguments: Any, **options: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments, **options)
    return caught.value


def headers_of(answer: stripe.StripeObject) -> Any:
    assert answer.last_response is not None
    return answer.last_response.headers


def types_of(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


# keys


@pytest.mark.parametrize("key", ["sk_test_wrong", ""])
def test_a_wrong_key_is_refused(standin: StripeStandIn, key: str) -> None:
    response = standin.http.get("/v1/balance", headers={"Authorization": f"Bearer {key}"} if key else {})
    assert response.status_code == 401
    if key:
        with pytest.raises(stripe.AuthenticationError):
            standin.client(key).v1.balance.retrieve()


def test_the_publishable_key_opens_nothing_but_the_customers_own_intent(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    customer = standin.client(PUBLISHABLE_KEY).v1
    with pytest.raises(stripe.AuthenticationError) as caught:
        customer.balance.retrieve()
    assert caught.value.error is not None
    assert caught.value.error.code == "secret_key_required"
    intent = new_intent(client, metadata={"payment_id": "secret to customers"})
    assert refused(customer.payment_intents.retrieve, intent.id).param == "client_secret"
    wrong = refused(customer.payment_intents.retrieve, intent.id, {"client_secret": "pi_x_secret_y"})
    assert wrong.param == "client_secret"
    assert intent.client_secret
    seen = customer.payment_intents.retrieve(intent.id, {"client_secret": intent.client_secret})
    assert seen.status == "requires_payment_method"
    assert "metadata" not in seen


def test_another_account_or_api_version_is_refused(client: stripe.V1Services) -> None:
    with pytest.raises(stripe.PermissionError):
        client.balance.retrieve({}, {"stripe_account": "acct_other"})
    assert "API version" in str(refused(client.balance.retrieve, {}, {"stripe_version": "2020-08-27"}))


# parameters


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 500, "currency": "usd", "colour": "red"}, "parameter_unknown", "colour"),
        (
            {"amount": 500, "currency": "usd", "automatic_payment_methods": {"enabled": True, "x": 1}},
            "parameter_unknown",
            "automatic_payment_methods[x]",
        ),
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 500}, "parameter_missing", "currency"),
        (
            {"amount": 500, "currency": "usd", "automatic_payment_methods": {"allow_redirects": "never"}},
            "parameter_missing",
            "automatic_payment_methods[enabled]",
        ),
        ({"amount": "5.00", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "usd"}, "parameter_invalid_empty", "amount"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 500, "currency": "zzz"}, None, "currency"),
        ({"amount": 500, "currency": "usd", "capture_method": "later"}, None, "capture_method"),
        ({"amount": 500, "currency": "usd", "confirm": "maybe"}, None, "confirm"),
        ({"amount": 500, "currency": "usd", "receipt_email": "nobody"}, "email_invalid", "receipt_email"),
        ({"amount": 500, "currency": "usd", "customer": "cus_x"}, "resource_missing", "customer"),
        ({"amount": 500, "currency": "usd", "payment_method": "pm_x"}, "resource_missing", "payment_method"),
        ({"amount": 500, "currency": "usd", "metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"amount": 500, "currency": "usd", "metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"amount": 500, "currency": "usd", "off_session": True}, None, "off_session"),
        (
            {
                "amount": 500,
                "currency": "usd",
                "automatic_payment_methods": {"enabled": True},
                "allowed_payment_method_types": ["card"],
            },
            "parameters_exclusive",
            "automatic_payment_methods",
        ),
        (
            {"amount": 500, "currency": "usd", "payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    client: stripe.V1Services, params: Any, code: str | None, param: str
) -> None:
    error = refused(client.payment_intents.create, params)
    assert (error.code, error.param, error.http_status) == (code, param, 400)


def test_what_the_standin_does_not_model_is_said_and_not_guessed(client: stripe.V1Services) -> None:
    with pytest.raises(stripe.APIError, match="does not model the parameter application_fee_amount"):
        client.payment_intents.create({"amount": 500, "currency": "usd", "application_fee_amount": 5})


def test_an_unknown_path_and_an_unknown_id_are_not_found(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    assert refused(client.customers.list).http_status == 404
    missing = refused(client.payment_intents.retrieve, "pi_missing")
    assert (missing.http_status, missing.code) == (404, "resource_missing")
    response = standin.http.post(
        "/v1/refunds", json={"amount": 5}, headers={"Authorization": "Bearer sk_test_standin"}
    )
    assert response.status_code == 400


def test_metadata_is_merged_and_unset_by_key(client: stripe.V1Services) -> None:
    intent = new_intent(client, metadata={"a": "1", "b": "2"})
    changed = client.payment_intents.update(intent.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    assert client.payment_intents.update(intent.id, {"metadata": ""}).metadata.to_dict() == {}


def test_objects_have_every_field_of_the_sdk_and_no_other(client: stripe.V1Services) -> None:
    intent = paid_intent(client)
    charge = charge_of(client, intent)
    refund = client.refunds.create({"payment_intent": intent.id, "amount": 100})
    assert not isinstance(charge.balance_transaction, str)
    for item in (intent, charge, refund, charge.balance_transaction):
        assert item is not None
        assert set(item.to_dict()) == set(skeleton(type(item)))


def test_only_what_is_an_id_can_be_expanded(client: stripe.V1Services) -> None:
    intent = paid_intent(client)
    expanded = client.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    assert expanded.latest_charge.balance_transaction.net == 15000 - 465  # type: ignore[union-attr]
    assert "expanded" in str(refused(client.payment_intents.retrieve, intent.id, {"expand": ["amount"]}))


# idempotency


def test_the_same_key_and_parameters_are_answered_from_memory(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    params: Any = {"amount": 500, "currency": "usd"}
    first = client.payment_intents.create(params, {"idempotency_key": "same"})
    again = client.payment_intents.create(params, {"idempotency_key": "same"})
    assert again.id == first.id
    assert headers_of(again)["Idempotent-Replayed"] == "true"
    assert headers_of(again)["Original-Request"] == headers_of(first)["Request-Id"]
    assert "Idempotent-Replayed" not in headers_of(first)
    standin.forget_idempotency_keys()
    assert client.payment_intents.create(params, {"idempotency_key": "same"}).id != first.id


def test_the_same_key_with_other_parameters_or_another_path_is_an_error(client: stripe.V1Services) -> None:
    intent = client.payment_intents.create({"amount": 500, "currency": "usd"}, {"idempotency_key": "used"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.payment_intents.create({"amount": 501, "currency": "usd"}, {"idempotency_key": "used"})
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.payment_intents.cancel(intent.id, {}, {"idempotency_key": "used"})


def test_a_key_in_use_is_a_conflict(standin: StripeStandIn, client: stripe.V1Services) -> None:
    params: Any = {"amount": 500, "currency": "usd"}
    standin.configure(latency_seconds=0.5)
    slow = threading.Thread(
        target=client.payment_intents.create, args=(params, {"idempotency_key": "in use"})
    )
    slow.start()
    while not any(entry["idempotency_key"] == "in use" for entry in standin.requests()):
        time.sleep(0.01)
    with pytest.raises(stripe.APIError) as caught:
        standin.client().v1.payment_intents.create(params, {"idempotency_key": "in use"})
    slow.join()
    standin.configure(latency_seconds=0)
    assert caught.value.error is not None
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")


def test_an_error_of_the_work_is_remembered_until_the_key_changes(client: stripe.V1Services) -> None:
    intent = new_intent(client)
    params: Any = {"payment_method": "pm_card_chargeDeclined"}
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as caught:
            client.payment_intents.confirm(intent.id, params, {"idempotency_key": "declined"})
        assert caught.value.headers is not None
        assert caught.value.headers.get("Idempotent-Replayed") == replayed
    paid = client.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa"}, {"idempotency_key": "declined-2"}
    )
    assert paid.status == "succeeded"


def test_a_breakdown_is_remembered_too(standin: StripeStandIn, client: stripe.V1Services) -> None:
    params: Any = {"amount": 500, "currency": "usd"}
    standin.inject("error", path="/v1/payment_intents")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            client.payment_intents.create(params, {"idempotency_key": "broken"})
        assert caught.value.http_status == 500
    assert client.payment_intents.create(params, {"idempotency_key": "broken-2"}).amount == 500


def test_what_was_not_begun_is_not_remembered(standin: StripeStandIn, client: stripe.V1Services) -> None:
    wrong: Any = {"amount": 500, "currency": "usd", "colour": "red"}
    right: Any = {"amount": 500, "currency": "usd"}
    refused(client.payment_intents.create, wrong, {"idempotency_key": "corrected"})
    standin.inject("rate_limit")
    with pytest.raises(stripe.RateLimitError):
        client.payment_intents.create(right, {"idempotency_key": "corrected"})
    created = client.payment_intents.create(right, {"idempotency_key": "corrected"})
    assert "Idempotent-Replayed" not in headers_of(created)


@pytest.mark.parametrize("kind", ["close", "timeout"])
@pytest.mark.parametrize("executes", [True, False])
def test_silence_leaves_the_outcome_unknown_and_the_key_settles_it(
    standin: StripeStandIn, client: stripe.V1Services, kind: Any, executes: bool
) -> None:
    intent = paid_intent(client)
    standin.inject(kind, executes=executes, path="/v1/refunds", seconds=0.1)
    params: Any = {"payment_intent": intent.id, "amount": 100}
    key = f"silent-{kind}-{executes}"
    with pytest.raises(stripe.APIConnectionError):
        client.refunds.create(params, {"idempotency_key": key})
    assert len(client.refunds.list({"payment_intent": intent.id}).data) == executes
    refund = client.refunds.create(params, {"idempotency_key": key})
    assert ("Idempotent-Replayed" in headers_of(refund)) is executes
    assert len(client.refunds.list({"payment_intent": intent.id}).data) == 1


def test_the_sdk_retries_a_lost_answer_without_doing_the_work_twice(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    intent = paid_intent(client)
    standin.inject("close", executes=True, path="/v1/refunds")
    retrying = standin.client(max_network_retries=2).v1
    retrying.refunds.create({"payment_intent": intent.id, "amount": 100})
    statuses = [entry["replayed"] for entry in standin.requests("/v1/refunds")[-2:]]
    assert statuses == [False, True]
    assert len(client.refunds.list({"payment_intent": intent.id}).data) == 1


# payment intents


def test_a_card_payment_in_the_browser_succeeds(standin: StripeStandIn, client: stripe.V1Services) -> None:
    intent = new_intent(client, metadata={"payment_id": "42"})
    assert intent.status == "requires_payment_method"
    assert intent.payment_method_types == ["card", "link", "pix"]
    assert intent.client_secret
    response = standin.confirm_in_browser(intent.client_secret)
    assert response.json()["status"] == "succeeded"
    paid = client.payment_intents.retrieve(intent.id)
    assert (paid.status, paid.amount_received) == ("succeeded", 15000)
    charge = charge_of(client, paid)
    assert (charge.paid, charge.captured, charge.metadata.to_dict()) == (True, True, {"payment_id": "42"})
    entry = charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.amount, entry.fee, entry.net) == (15000, 465, 14535)
    assert (entry.type, entry.source, entry.currency) == ("charge", charge.id, "brl")


def test_the_wrong_client_secret_pays_nothing(standin: StripeStandIn, client: stripe.V1Services) -> None:
    intent = new_intent(client)
    response = standin.confirm_in_browser(f"{intent.id}_secret_guess")
    assert response.status_code == 400
    assert client.payment_intents.retrieve(intent.id).status == "requires_payment_method"


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ],
)
def test_a_declined_card_leaves_the_intent_open(
    client: stripe.V1Services, method: str, code: str, decline_code: str | None
) -> None:
    intent = new_intent(client)
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.confirm(intent.id, {"payment_method": method})
    assert caught.value.http_status == 402
    assert caught.value.error is not None
    assert (caught.value.code, caught.value.error.decline_code) == (code, decline_code)
    assert caught.value.error.payment_intent is not None
    assert caught.value.error.payment_intent.id == intent.id
    after = client.payment_intents.retrieve(intent.id)
    assert (after.status, after.payment_method) == ("requires_payment_method", None)
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == code
    assert charge_of(client, after).status == "failed"
    assert client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_card_may_ask_the_customer(standin: StripeStandIn, client: stripe.V1Services) -> None:
    intent = new_intent(client)
    method = "pm_card_authenticationRequired"
    asked = client.payment_intents.confirm(intent.id, {"payment_method": method, "return_url": "https://a.b"})
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.type == "redirect_to_url"
    assert asked.next_action.redirect_to_url is not None
    assert asked.next_action.redirect_to_url.return_url == "https://a.b"
    assert standin.authenticate(intent.id, "fails")["status"] == "requires_payment_method"
    client.payment_intents.confirm(intent.id, {"payment_method": method})
    assert standin.authenticate(intent.id)["status"] == "succeeded"
    with pytest.raises(stripe.CardError) as caught:
        paid_intent(client, method, off_session=True)
    assert caught.value.code == "authentication_required"


def test_pix_shows_a_code_and_is_paid_or_lapses(standin: StripeStandIn, client: stripe.V1Services) -> None:
    for outcome, status in (("expires", "requires_payment_method"), ("pays", "succeeded")):
        intent = new_intent(client, payment_method_options={"pix": {"expires_after_seconds": 900}})
        assert intent.client_secret
        shown = standin.confirm_in_browser(intent.client_secret, "pix").json()
        assert shown["status"] == "requires_action"
        code = shown["next_action"]["pix_display_qr_code"]
        assert code["data"]
        assert 890 <= code["expires_at"] - time.time() <= 900
        assert standin.pay_pix(intent.id, outcome)["status"] == status  # type: ignore[arg-type]
    in_dollars = new_intent(client, currency="usd")
    assert "pix" not in in_dollars.payment_method_types
    error = refused(client.payment_intents.confirm, in_dollars.id, {"payment_method_data": {"type": "pix"}})
    assert error.code == "payment_intent_incompatible_payment_method"


def test_the_allowed_types_are_filtered_in_silence(client: stripe.V1Services) -> None:
    intent = client.payment_intents.create(
        {"amount": 500, "currency": "usd", "allowed_payment_method_types": ["card", "pix"]}
    )
    assert intent.payment_method_types == ["card"]
    error = refused(
        client.payment_intents.create,
        {"amount": 500, "currency": "usd", "allowed_payment_method_types": ["pix"]},
    )
    assert error.code == "payment_intent_invalid_parameter"


def test_a_slow_payment_is_processing_until_the_bank_answers(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    for outcome, status in (("succeeds", "succeeded"), ("fails", "requires_payment_method")):
        intent = paid_intent(client, "pm_usBankAccount_success", currency="usd")
        assert intent.status == "processing"
        assert standin.settle_intent(intent.id, outcome)["status"] == status  # type: ignore[arg-type]


def test_confirming_on_the_server_needs_a_return_url_where_redirects_are_possible(
    client: stripe.V1Services,
) -> None:
    params: Any = {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    assert refused(client.payment_intents.create, params).param == "return_url"
    params["return_url"] = "https://a.b"
    assert client.payment_intents.create(params).status == "succeeded"


def test_confirming_without_a_method_is_refused(client: stripe.V1Services) -> None:
    error = refused(client.payment_intents.confirm, new_intent(client).id)
    assert error.code == "payment_intent_unexpected_state"


def test_a_paid_intent_can_neither_be_paid_nor_changed_nor_cancelled(client: stripe.V1Services) -> None:
    intent = paid_intent(client)
    for call, params in (
        (client.payment_intents.confirm, {"payment_method": "pm_card_visa"}),
        (client.payment_intents.capture, {}),
        (client.payment_intents.cancel, {}),
        (client.payment_intents.update, {"amount": 600}),
    ):
        error = refused(call, intent.id, params)
        assert error.code == "payment_intent_unexpected_state"
        assert error.error is not None
        assert error.error.payment_intent is not None
        assert error.error.payment_intent.status == "succeeded"
    assert client.payment_intents.update(intent.id, {"description": "late"}).description == "late"


def test_an_unpaid_intent_can_be_changed_and_cancelled_once(client: stripe.V1Services) -> None:
    intent = new_intent(client)
    assert client.payment_intents.update(intent.id, {"amount": 600}).amount == 600
    with_method = client.payment_intents.update(intent.id, {"payment_method": "pm_card_visa"})
    assert with_method.status == "requires_confirmation"
    cancelled = client.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    assert refused(client.payment_intents.cancel, intent.id).code == "payment_intent_unexpected_state"
    wrong = refused(client.payment_intents.cancel, intent.id, {"cancellation_reason": "bored"})
    assert wrong.param == "cancellation_reason"


def test_an_authorisation_is_captured_in_part_and_the_rest_let_go_without_a_refund(
    client: stripe.V1Services,
) -> None:
    intent = paid_intent(client, capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 15000)
    assert charge_of(client, intent).balance_transaction is None
    assert refused(client.refunds.create, {"payment_intent": intent.id}).http_status == 400
    over = refused(client.payment_intents.capture, intent.id, {"amount_to_capture": 15001})
    assert over.code == "amount_too_large"
    captured = client.payment_intents.capture(intent.id, {"amount_to_capture": 10000})
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 10000, 0)
    charge = charge_of(client, captured)
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (10000, 0, False)
    assert client.refunds.list({"payment_intent": intent.id}).data == []
    assert (
        refused(client.refunds.create, {"payment_intent": intent.id, "amount": 10001}).code
        == "amount_too_large"
    )


def test_an_authorisation_is_cancelled_or_lapses(standin: StripeStandIn, client: stripe.V1Services) -> None:
    intent = paid_intent(client, capture_method="manual")
    assert client.payment_intents.cancel(intent.id).status == "canceled"
    lapsed = paid_intent(client, capture_method="manual")
    assert standin.expire_authorisation(lapsed.id)["cancellation_reason"] == "expired"
    assert refused(client.payment_intents.capture, lapsed.id).code == "payment_intent_unexpected_state"


# refunds


def test_refunds_never_exceed_what_was_paid(client: stripe.V1Services) -> None:
    intent = paid_intent(client)
    first = client.refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 6000,
            "reason": "requested_by_customer",
            "metadata": {"a": "1"},
        }
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 6000, intent.latest_charge)
    over = refused(client.refunds.create, {"payment_intent": intent.id, "amount": 9001})
    assert (over.code, over.param) == ("amount_too_large", "amount")
    assert isinstance(first.charge, str)
    assert client.refunds.create({"charge": first.charge}).amount == 9000
    charge = charge_of(client, intent)
    assert (charge.refunded, charge.amount_refunded) == (True, 15000)
    again = refused(client.refunds.create, {"payment_intent": intent.id})
    assert again.code == "charge_already_refunded"
    assert [refund.amount for refund in client.refunds.list({"payment_intent": intent.id}).data] == [
        9000,
        6000,
    ]


def test_a_refund_needs_a_payment_that_succeeded(client: stripe.V1Services) -> None:
    assert refused(client.refunds.create, {}).code == "parameter_missing"
    assert refused(client.refunds.create, {"payment_intent": "pi_x"}).code == "resource_missing"
    unpaid = refused(client.refunds.create, {"payment_intent": new_intent(client).id})
    assert "successful charge" in str(unpaid)
    intent = paid_intent(client)
    assert refused(client.refunds.create, {"payment_intent": intent.id, "amount": 0}).param == "amount"
    assert refused(client.refunds.create, {"payment_intent": intent.id, "reason": "x"}).param == "reason"


def test_a_refund_may_wait_and_may_fail_after_it_succeeded(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    waiting = client.refunds.create({"payment_intent": paid_intent(client, "pm_card_pendingRefund").id})
    assert waiting.status == "pending"
    assert standin.succeed_refund(waiting.id)["status"] == "succeeded"

    intent = paid_intent(client)
    refund = client.refunds.create({"payment_intent": intent.id})
    before = client.balance.retrieve().available
    standin.fail_refund(refund.id, "lost_or_stolen_card")
    failed = client.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert isinstance(failed.failure_balance_transaction, str)
    returned = client.balance_transactions.retrieve(failed.failure_balance_transaction)
    assert (returned.type, returned.net) == ("refund_failure", 15000)
    after = client.balance.retrieve().available
    assert _amount(after, "brl") - _amount(before, "brl") == 15000
    assert client.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def _amount(balances: list[Any], currency: str) -> int:
    return sum(int(balance.amount) for balance in balances if balance.currency == currency)


# disputes


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_dispute_takes_the_money_and_returns_it_only_when_won(
    standin: StripeStandIn, client: stripe.V1Services, status: Any
) -> None:
    intent = paid_intent(client)
    assert isinstance(intent.latest_charge, str)
    dispute_id = standin.open_dispute(intent.latest_charge, reason="product_not_received")["id"]
    assert refused(client.refunds.create, {"payment_intent": intent.id}).code == "charge_disputed"
    withdrawal = client.disputes.retrieve(dispute_id).balance_transactions[0]
    assert (withdrawal.amount, withdrawal.fee, withdrawal.net) == (-15000, 1500, -16500)
    standin.close_dispute(dispute_id, status)
    dispute = client.disputes.retrieve(dispute_id)
    assert dispute.status == status
    assert sum(entry.net for entry in dispute.balance_transactions) == (-1500 if status == "won" else -16500)
    types = types_of([event for event in standin.events() if event["data"]["object"]["id"] == dispute_id])
    reinstated = ["charge.dispute.funds_reinstated"] if status == "won" else []
    assert types == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        *reinstated,
        "charge.dispute.closed",
    ]


def test_a_card_that_disputes_does_so_by_itself(client: stripe.V1Services) -> None:
    intent = paid_intent(client, "pm_card_createDispute")
    dispute = client.disputes.list({"payment_intent": intent.id}).data[0]
    assert client.disputes.close(dispute.id).status == "lost"
    assert refused(client.disputes.close, dispute.id).http_status == 400


# checkout


def session_params(**params: Any) -> Any:
    price = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Two nights"}}
    return {
        "mode": "payment",
        "line_items": [{"quantity": 2, "price_data": price}],
        "success_url": "https://example.com/done?session={CHECKOUT_SESSION_ID}",
        "metadata": {"payment_id": "42"},
        "payment_intent_data": {"metadata": {"payment_id": "42"}},
        **params,
    }


def test_a_checkout_session_is_paid_on_its_page(standin: StripeStandIn, client: stripe.V1Services) -> None:
    session = client.checkout.sessions.create(session_params(expires_at=int(time.time()) + 1860))
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 1000)
    assert session.payment_intent is None
    assert session.url
    assert standin.pay_checkout(session.id, "pm_card_chargeDeclined").status_code == 402
    assert client.checkout.sessions.retrieve(session.id).status == "open"
    response = standin.pay_checkout(session.id)
    assert (response.status_code, response.headers["location"]) == (
        303,
        f"https://example.com/done?session={session.id}",
    )
    done = client.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.metadata.to_dict() == {"payment_id": "42"}
    assert [item.description for item in client.checkout.sessions.line_items.list(session.id).data] == [
        "Two nights"
    ]
    assert "expired" in str(refused(client.checkout.sessions.expire, session.id))
    assert standin.events("checkout.session.completed")[-1]["data"]["object"]["id"] == session.id


def test_a_page_is_complete_before_a_slow_payment_is_there(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    for outcome, paid in (("succeeds", "paid"), ("fails", "unpaid")):
        session = client.checkout.sessions.create(session_params())
        assert standin.pay_checkout(session.id, "pm_usBankAccount_success").status_code == 303
        done = client.checkout.sessions.retrieve(session.id)
        assert (done.status, done.payment_status) == ("complete", "unpaid")
        standin.settle_intent(str(done.payment_intent), outcome)  # type: ignore[arg-type]
        assert client.checkout.sessions.retrieve(session.id).payment_status == paid
    assert [event["type"] for event in standin.events() if event["type"].startswith("checkout")] == [
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.async_payment_failed",
    ]


def test_an_expired_session_takes_no_money(standin: StripeStandIn, client: stripe.V1Services) -> None:
    session = client.checkout.sessions.create(session_params())
    assert client.checkout.sessions.expire(session.id).status == "expired"
    assert standin.pay_checkout(session.id).status_code == 400
    by_time = client.checkout.sessions.create(session_params())
    assert standin.expire_session(by_time.id)["status"] == "expired"
    assert standin.events("checkout.session.expired")[-1]["data"]["object"]["id"] == by_time.id


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"expires_at": 1740}, "expires_at"),
        ({"expires_at": 86_500}, "expires_at"),
        ({"line_items": None}, "line_items"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "example.com"}, "success_url"),
        ({"mode": "gift"}, "mode"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"line_items": [{"price": "price_x"}]}, "line_items[0][price]"),
        (
            {"line_items": [{"price_data": {"currency": "usd", "unit_amount": 5, "product_data": {}}}]},
            None,
        ),
    ],
)
def test_wrong_sessions_are_refused(client: stripe.V1Services, change: Any, param: str | None) -> None:
    if "expires_at" in change:
        change = {"expires_at": int(time.time()) + change["expires_at"]}
    params = {name: value for name, value in session_params(**change).items() if value is not None}
    error = refused(client.checkout.sessions.create, params)
    assert param is None or error.param == param


# transfers


def test_transfers_go_to_known_accounts_within_the_balance_and_come_back(client: stripe.V1Services) -> None:
    intent = paid_intent(client)
    charge = intent.latest_charge
    unknown = refused(client.transfers.create, {"amount": 1, "currency": "brl", "destination": "acct_x"})
    assert (unknown.code, unknown.param) == ("resource_missing", "destination")
    poor = refused(client.transfers.create, {"amount": 500, "currency": "mxn", "destination": ACCOUNT})
    assert poor.code == "balance_insufficient"
    of_charge: Any = {"currency": "brl", "destination": ACCOUNT, "source_transaction": charge}
    whole: Any = {**of_charge, "amount": 12750, "transfer_group": "order-1"}
    transfer = client.transfers.create(whole)
    assert (transfer.amount, transfer.reversed, transfer.transfer_group) == (12750, False, "order-1")
    assert refused(client.transfers.create, {**of_charge, "amount": 2251}).param == "amount"
    assert refused(client.transfers.create, {**of_charge, "amount": 5, "currency": "usd"}).param == "currency"
    reversal = client.transfers.reversals.create(transfer.id, {"amount": 750})
    assert client.transfers.reversals.retrieve(transfer.id, reversal.id).amount == 750
    assert refused(client.transfers.reversals.create, transfer.id, {"amount": 12001}).param == "amount"
    client.transfers.reversals.create(transfer.id)
    reversed_transfer = client.transfers.retrieve(transfer.id)
    assert (reversed_transfer.reversed, reversed_transfer.amount_reversed) == (True, 12750)
    assert refused(client.transfers.reversals.create, transfer.id).http_status == 400
    assert client.transfers.list({"transfer_group": "order-1"}).data[0].id == transfer.id
    assert client.accounts.retrieve(ACCOUNT).payouts_enabled


# events and lists


def test_a_payment_and_its_refund_are_told_in_events(
    standin: StripeStandIn, client: stripe.V1Services
) -> None:
    intent = new_intent(client)
    params: Any = {"payment_method": "pm_card_visa"}
    confirmed = client.payment_intents.confirm(intent.id, params, {"idempotency_key": f"pay-{intent.id}"})
    client.refunds.create({"payment_intent": intent.id, "amount": 100})
    told = [event for event in standin.events() if _concerns(event["data"]["object"], intent.id)]
    assert types_of(told) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "refund.created",
        "charge.refunded",
    ]
    created, charged, succeeded, updated = told[:4]
    assert created["data"]["object"]["status"] == "requires_payment_method"
    assert charged["data"]["object"]["balance_transaction"] is None
    assert updated["data"]["object"]["balance_transaction"].startswith("txn_")
    assert updated["data"]["previous_attributes"] == {"balance_transaction": None}
    assert succeeded["request"] == {
        "id": headers_of(confirmed)["Request-Id"],
        "idempotency_key": f"pay-{intent.id}",
    }
    assert (succeeded["api_version"], succeeded["livemode"]) == (API_VERSION, False)
    assert isinstance(succeeded["created"], int)
    fetched = client.events.retrieve(succeeded["id"])
    assert fetched.type == "payment_intent.succeeded"
    listed = client.events.list({"types": ["refund.*", "charge.refunded"], "limit": 2}).data
    assert types_of([event.to_dict() for event in listed]) == ["charge.refunded", "refund.created"]


def _concerns(changed: dict[str, Any], intent_id: str) -> bool:
    return intent_id in (changed["id"], changed.get("payment_intent"))


def test_lists_are_paged_newest_first(client: stripe.V1Services) -> None:
    made = [new_intent(client).id for _ in range(5)]
    first = client.payment_intents.list({"limit": 2})
    assert [item.id for item in first.data] == [made[4], made[3]]
    assert first.has_more
    second = client.payment_intents.list({"limit": 2, "starting_after": made[3]})
    assert [item.id for item in second.data] == [made[2], made[1]]
    back = client.payment_intents.list({"limit": 2, "ending_before": made[2]})
    assert [item.id for item in back.data] == [made[4], made[3]]
    ids = [item.id for item, _ in zip(first.auto_paging_iter(), range(5), strict=False)]
    assert ids == made[::-1]
    assert refused(client.payment_intents.list, {"limit": 101}).param == "limit"


# webhooks


def test_webhooks_are_signed_so_that_the_sdk_believes_them(
    standin: StripeStandIn, client: stripe.V1Services, receiver: Receiver
) -> None:
    intent = new_intent(client)
    standin.settle()
    (webhook,) = receiver.received
    header = webhook.headers["stripe-signature"]
    for secret in (WEBHOOK_SECRET, NEW_SECRET):
        event = stripe.Webhook.construct_event(webhook.body, header, secret)
        assert (event.type, event.data.object["id"]) == ("payment_intent.created", intent.id)
    for body, secret in ((webhook.body, "whsec_other"), (webhook.body + b" ", WEBHOOK_SECRET)):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, secret)
    late = sign(webhook.body, [WEBHOOK_SECRET], int(time.time()) - 400)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(webhook.body, late, WEBHOOK_SECRET)


def test_webhooks_are_repeated_until_they_are_taken(
    standin: StripeStandIn, client: stripe.V1Services, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    new_intent(client)
    standin.settle()
    assert len({webhook.body for webhook in receiver.received}) == 1
    report = standin.deliveries()[-1]
    assert [attempt["status"] for attempt in report["attempts"]] == [500, 503, 200]
    assert report["state"] == "delivered"


def test_webhooks_come_late_twice_out_of_order_or_never(
    standin: StripeStandIn, client: stripe.V1Services, receiver: Receiver
) -> None:
    standin.hold_webhooks()
    paid_intent(client)
    held = [item["id"] for item in standin.deliveries() if item["state"] == "held"]
    created, charged, succeeded, updated = held
    assert receiver.received == []
    attempts = standin.deliver(succeeded, created, times=2, signed_seconds_ago=200)
    assert [attempt["status"] for attempt in attempts] == [200] * 4
    arrived = [json.loads(webhook.body)["id"] for webhook in receiver.received]
    assert arrived == [succeeded, succeeded, created, created]
    late = receiver.received[0]
    signed_at = int(late.headers["stripe-signature"].split(",")[0].removeprefix("t="))
    assert 199 <= time.time() - signed_at <= 202
    assert stripe.Webhook.construct_event(late.body, late.headers["stripe-signature"], WEBHOOK_SECRET)
    standin.drop_webhooks([charged])
    standin.release_webhooks()
    standin.settle()
    assert [json.loads(webhook.body)["id"] for webhook in receiver.received[4:]] == [updated]
    (attempt,) = standin.deliver(charged, secrets=["whsec_forged"])
    assert attempt["status"] == 200
    forged = receiver.received[-1]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(forged.body, forged.headers["stripe-signature"], WEBHOOK_SECRET)


def test_held_webhooks_are_released_in_a_given_order(
    standin: StripeStandIn, client: stripe.V1Services, receiver: Receiver
) -> None:
    standin.hold_webhooks()
    paid_intent(client)
    held = [item["id"] for item in standin.deliveries() if item["state"] == "held"]
    standin.release_webhooks(held[::-1])
    standin.settle()
    assert [json.loads(webhook.body)["id"] for webhook in receiver.received] == held[::-1]
