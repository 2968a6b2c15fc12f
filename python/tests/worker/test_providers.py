"""Stripe and the Host as the worker meets them: what each of their answers means."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from reserve_db.host_client import HostClient
from reserve_db.providers import ProviderError
from reserve_db.stripe_gateway import StripeGateway
from reserve_db.worker.handlers import Command, Handler, host_handlers, stripe_handlers
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.standins.stripe_server import ACCOUNT, SECRET_KEY, StripeStandIn
from tests.worker.conftest import run

NOWHERE = "http://127.0.0.1:1"
PREPARED = {
    "amount": 10_000,
    "currency": "brl",
    "capture_method": "automatic",
    "metadata": {"payment_id": "pay_1"},
    "description": "Three nights",
    "customer_email": "ana@guest.example",
}
BOOKING = {
    "reservation_id": "018f3a5e-7c1e-7000-8000-000000000001",
    "confirmation_code": "RES-2026-ABC123",
    "host_property_id": "house",
    "host_unit_id": "room",
    "check_in": "2027-01-10",
    "check_out": "2027-01-12",
    "guests": {"adults": 2, "children": 0, "infants": 0},
    "guest": {"first_name": "Ana", "last_name": "Souza", "email": "ana@guest.example", "phone": None},
    "total_amount": 10_000,
    "currency": "BRL",
}


@pytest.fixture(scope="module")
def stripe_process() -> Iterator[StripeStandIn]:
    with StripeStandIn() as running:
        yield running


@pytest.fixture
def stripe(stripe_process: StripeStandIn) -> StripeStandIn:
    stripe_process.clear_faults()
    return stripe_process


@pytest.fixture
def host() -> Iterator[HostStandIn]:
    with HostStandIn() as running:
        running.add_unit("house", "room")
        yield running


@asynccontextmanager
async def gateway(url: str, api_key: str = SECRET_KEY) -> AsyncIterator[StripeGateway]:
    opened = StripeGateway(api_key, url, timeout_seconds=1.0)
    try:
        yield opened
    finally:
        await opened.close()


def command(topic: str, payload: dict[str, Any], generation: int = 0, name: str = "outbox-1") -> Command:
    key = f"{name}:{generation}"
    return Command(name, topic, payload, generation + 1, generation, "token", key, look_up_first=False)


def paid_intent(stripe: StripeStandIn, key: str) -> str:
    async def create() -> str:
        async with gateway(stripe.url) as opened:
            intent = await opened.create_payment_intent(PREPARED, key)
        stripe.confirm_in_browser(intent["client_secret"])
        return str(intent["id"])

    return run(create())


def at_stripe(stripe: StripeStandIn, topic: str, given: Command) -> dict[str, Any]:
    async def carry_out() -> dict[str, Any]:
        async with gateway(stripe.url) as opened:
            return await stripe_handlers(opened)[topic](given)

    return run(carry_out())


def at_host(host: HostStandIn, topic: str, payload: dict[str, Any], secret: str = SECRET) -> dict[str, Any]:
    async def carry_out() -> dict[str, Any]:
        client = HostClient(host.url, API_KEY, secret, timeout_seconds=1.0)
        handler: Handler = host_handlers(client)[topic]
        try:
            return await handler(command(topic, payload))
        finally:
            await client.close()

    return run(carry_out())


def failure(call: Any, *arguments: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call(*arguments)
    return caught.value


def refund_of(intent_id: str, amount: int = 4_000) -> dict[str, Any]:
    ids = {"refund_id": "ref_1", "payment_id": "pay_1", "booking_id": "book_1"}
    return {
        **ids,
        "payment_intent_id": intent_id,
        "amount": amount,
        "currency": "BRL",
        "reason": "customer_request",
    }


def test_a_refund_carries_our_ids(stripe: StripeStandIn) -> None:
    intent = paid_intent(stripe, "refund-ids")
    refund = at_stripe(stripe, "payments.create_refund", command("", refund_of(intent)))
    assert (refund["object"], refund["amount"], refund["reason"]) == (
        "refund",
        4_000,
        "requested_by_customer",
    )
    assert refund["metadata"] == {
        "refund_id": "ref_1",
        "payment_id": "pay_1",
        "booking_id": "book_1",
        "outbox_id": "outbox-1",
    }


def test_a_refund_whose_answer_was_lost_is_made_once(stripe: StripeStandIn) -> None:
    intent = paid_intent(stripe, "refund-lost")
    given = command("", refund_of(intent), name="lost")
    stripe.inject("close", path="/v1/refunds", executes=True)
    error = failure(at_stripe, stripe, "payments.create_refund", given)
    assert (error.answered, error.retry) == (False, True)
    first = at_stripe(stripe, "payments.create_refund", given)
    assert at_stripe(stripe, "payments.create_refund", given)["id"] == first["id"]


def test_a_refund_that_answered_an_error_but_happened_is_adopted(stripe: StripeStandIn) -> None:
    intent = paid_intent(stripe, "refund-500")
    stripe.inject("error", path="/v1/refunds", executes=True, status=500)
    given = command("", refund_of(intent, 10_000), name="adopted")
    error = failure(at_stripe, stripe, "payments.create_refund", given)
    assert (error.answered, error.retry) == (True, True)
    again = command("", refund_of(intent, 10_000), generation=1, name="adopted")
    assert at_stripe(stripe, "payments.create_refund", again)["amount"] == 10_000


def test_a_refund_of_too_much_is_refused_for_good(stripe: StripeStandIn) -> None:
    intent = paid_intent(stripe, "refund-much")
    error = failure(at_stripe, stripe, "payments.create_refund", command("", refund_of(intent, 10_001)))
    assert (error.answered, error.retry) == (True, False)
    assert error.as_json()["http_status"] == 400


def transfer_of(payout_id: str, amount: int = 3_000) -> dict[str, Any]:
    ids = {"payout_id": payout_id, "booking_id": "book_1"}
    return {**ids, "destination": ACCOUNT, "amount": amount, "currency": "brl"}


def test_a_transfer_carries_our_ids(stripe: StripeStandIn) -> None:
    paid_intent(stripe, "transfer-ids")
    transfer = at_stripe(
        stripe, "payments.create_transfer", command("", transfer_of("pout_1"), name="transfer-1")
    )
    assert (transfer["object"], transfer["amount"], transfer["destination"]) == ("transfer", 3_000, ACCOUNT)
    assert transfer["metadata"] == {"payout_id": "pout_1", "booking_id": "book_1", "outbox_id": "transfer-1"}


@pytest.mark.parametrize(("kind", "generation"), [("close", 0), ("error", 1)])
def test_a_transfer_whose_answer_was_lost_is_made_once(
    stripe: StripeStandIn, kind: Any, generation: int
) -> None:
    paid_intent(stripe, f"transfer-{kind}")
    given = command("", transfer_of(f"pout_{kind}"), name=f"lost-{kind}")
    stripe.inject(kind, path="/v1/transfers", executes=True)
    assert failure(at_stripe, stripe, "payments.create_transfer", given).retry
    again = command("", transfer_of(f"pout_{kind}"), generation=generation, name=f"lost-{kind}")
    at_stripe(stripe, "payments.create_transfer", again)
    made = stripe.client().v1.transfers.list({"transfer_group": f"pout_{kind}"})
    assert len(made.data) == 1


def test_a_transfer_beyond_the_balance_waits_and_one_to_nobody_does_not(stripe: StripeStandIn) -> None:
    much = command("", transfer_of("pout_much", 90_000_000), name="much")
    error = failure(at_stripe, stripe, "payments.create_transfer", much)
    assert (error.code, error.retry) == ("balance_insufficient", True)
    nobody = command("", {**transfer_of("pout_2"), "destination": "acct_nobody"}, name="nobody")
    error = failure(at_stripe, stripe, "payments.create_transfer", nobody)
    assert (error.answered, error.retry, error.as_json()["http_status"]) == (True, False, 400)


def test_a_busy_stripe_has_not_looked_at_the_request(stripe: StripeStandIn) -> None:
    stripe.inject("rate_limit")
    error = failure(at_stripe, stripe, "payments.fetch_stripe_object", fetch("charge", "ch_1"))
    assert (error.answered, error.retry) == (False, True)


def test_a_timeout_is_an_unknown_outcome(stripe: StripeStandIn) -> None:
    stripe.inject("timeout", seconds=3)
    error = failure(at_stripe, stripe, "payments.fetch_stripe_object", fetch("charge", "ch_1"))
    assert (error.code, error.answered, error.retry) == ("NO_ANSWER", False, True)


def test_an_unreachable_stripe_is_an_unknown_outcome() -> None:
    async def fetch_there() -> None:
        async with gateway(NOWHERE) as opened:
            await opened.fetch("charge", "ch_1")

    error = failure(run, fetch_there())
    assert (error.answered, error.retry) == (False, True)


def test_a_wrong_key_waits_for_the_operator(stripe: StripeStandIn) -> None:
    async def fetch_there() -> None:
        async with gateway(stripe.url, "sk_test_wrong") as opened:
            await opened.fetch("charge", "ch_1")

    error = failure(run, fetch_there())
    assert (error.answered, error.retry) == (False, True)


def test_an_open_intent_is_cancelled_and_its_secret_kept_back(stripe: StripeStandIn) -> None:
    async def create() -> str:
        async with gateway(stripe.url) as opened:
            return str((await opened.create_payment_intent(PREPARED, "cancel"))["id"])

    payload = {"payment_intent_id": run(create())}
    answer = at_stripe(stripe, "payments.cancel_payment_intent", command("", payload, name="cancel"))
    assert answer["status"] == "canceled"
    assert "client_secret" not in answer
    again = at_stripe(stripe, "payments.cancel_payment_intent", command("", payload, name="cancel again"))
    assert again["status"] == "canceled"


def test_an_intent_paid_meanwhile_is_answered_as_paid(stripe: StripeStandIn) -> None:
    payload = {"payment_intent_id": paid_intent(stripe, "cancel-paid")}
    answer = at_stripe(stripe, "payments.cancel_payment_intent", command("", payload, name="too late"))
    assert answer["status"] == "succeeded"


def opened_page(stripe: StripeStandIn, key: str) -> dict[str, Any]:
    page = {
        "booking_id": "book_1",
        "success_url": "https://stays.example/",
        "cancel_url": None,
        "expires_at": int(time.time()) + 1860,
    }

    async def create() -> str:
        async with gateway(stripe.url) as opened:
            return str((await opened.create_checkout_session(PREPARED | page, key))["id"])

    return {"checkout_session_id": run(create())}


def test_a_page_is_closed_once(stripe: StripeStandIn) -> None:
    payload = opened_page(stripe, "page")
    for name in ("close", "close again"):
        answer = at_stripe(stripe, "payments.expire_checkout_session", command("", payload, name=name))
        assert (answer["object"], answer["status"], answer["url"]) == ("checkout.session", "expired", None)


def test_a_page_that_was_paid_on_meanwhile_is_answered_as_paid(stripe: StripeStandIn) -> None:
    payload = opened_page(stripe, "page-paid")
    stripe.pay_checkout(payload["checkout_session_id"])
    given = command("", payload, name="close too late")
    answer = at_stripe(stripe, "payments.expire_checkout_session", given)
    assert (answer["status"], answer["payment_status"]) == ("complete", "paid")
    assert answer["metadata"] == {"payment_id": "pay_1"}


@pytest.mark.parametrize("kind", ["error", "close"])
def test_closing_a_page_is_tried_again(stripe: StripeStandIn, kind: Any) -> None:
    given = command("", opened_page(stripe, f"page-{kind}"), name=f"close after {kind}")
    stripe.inject(kind, method="POST", path=f"/v1/checkout/sessions/{given.payload['checkout_session_id']}")
    assert failure(at_stripe, stripe, "payments.expire_checkout_session", given).retry
    again = replace(given, idempotency_key=f"{kind}:1")
    assert at_stripe(stripe, "payments.expire_checkout_session", again)["status"] == "expired"


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "balance_transaction"])
def test_objects_are_fetched(stripe: StripeStandIn, kind: str) -> None:
    intent_id = paid_intent(stripe, "fetch")
    intent = at_stripe(stripe, "payments.fetch_stripe_object", fetch("payment_intent", intent_id))
    charge = at_stripe(stripe, "payments.fetch_stripe_object", fetch("charge", intent["latest_charge"]))
    ids = {
        "payment_intent": intent_id,
        "charge": charge["id"],
        "balance_transaction": charge["balance_transaction"],
    }
    found = at_stripe(stripe, "payments.fetch_stripe_object", fetch(kind, ids[kind]))
    assert (found["object"], found["id"]) == (kind, ids[kind])


def test_an_object_nobody_fetches_is_refused(stripe: StripeStandIn) -> None:
    error = failure(at_stripe, stripe, "payments.fetch_stripe_object", fetch("customer", "cus_1"))
    assert (error.answered, error.retry) == (False, False)


def test_a_booking_is_made_at_the_host_once(host: HostStandIn) -> None:
    first = at_host(host, "lodging.commit_booking", BOOKING)
    assert at_host(host, "lodging.commit_booking", BOOKING)["host_booking_id"] == first["host_booking_id"]
    assert len(host.bookings()) == 1


@pytest.mark.parametrize("kind", ["timeout", "close"])
def test_a_booking_whose_answer_was_lost_is_found(host: HostStandIn, kind: Any) -> None:
    host.inject(kind, method="POST", executes=True, seconds=3)
    assert at_host(host, "lodging.commit_booking", BOOKING)["reservation_id"] == BOOKING["reservation_id"]


def test_a_booking_that_was_not_made_may_be_tried_again(host: HostStandIn) -> None:
    host.inject("close", method="POST")
    error = failure(at_host, host, "lodging.commit_booking", BOOKING)
    assert (error.answered, error.retry) == (False, True)
    host.inject("error", method="POST", status=503)
    error = failure(at_host, host, "lodging.commit_booking", BOOKING)
    assert (error.answered, error.retry) == (True, True)


def test_a_taken_room_is_refused_for_good(host: HostStandIn) -> None:
    unit = {name: BOOKING[name] for name in ("host_property_id", "host_unit_id", "check_in", "check_out")}
    host.book_elsewhere(**unit)
    error = failure(at_host, host, "lodging.commit_booking", BOOKING)
    assert (error.code, error.answered, error.retry) == ("no_availability", True, False)


def test_a_wrong_signature_waits_for_the_operator(host: HostStandIn) -> None:
    error = failure(at_host, host, "lodging.commit_booking", BOOKING, "another secret")
    assert (error.code, error.retry) == ("invalid_signature", True)


def test_a_booking_is_cancelled_also_when_we_never_heard_of_it(host: HostStandIn) -> None:
    at_host(host, "lodging.commit_booking", BOOKING)
    unheard = {"reservation_id": BOOKING["reservation_id"], "host_booking_id": None}
    assert at_host(host, "lodging.cancel_booking", unheard)["status"] == "cancelled"


def test_what_the_host_never_had_needs_no_cancelling(host: HostStandIn) -> None:
    unheard = {"reservation_id": BOOKING["reservation_id"], "host_booking_id": None}
    assert at_host(host, "lodging.cancel_booking", unheard)["status"] == "not_found"


def fetch(kind: str, object_id: str) -> Command:
    return command("", {"object": kind, "id": object_id})
