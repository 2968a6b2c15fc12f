"""Asking for Stripe's page: whose it is, once or many times, with mishaps, and for every product line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.checkout.page import Page
from tests.refunds.stay import Stay, Town

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def stay(town: Town) -> Stay:
    town.market.stripe.clear_faults()
    stay = town.stay()
    assert stay.book().status_code == 200
    return stay


@pytest.fixture
def page(stay: Stay) -> Page:
    return Page.of(stay)


def test_asking_again_finds_the_same_page(stay: Stay, page: Page) -> None:
    first = page.open()
    assert page.open() == first
    assert page.open(success_url="https://stays.example/other") == first
    assert len(stay.payments) == 1


def test_many_tabs_have_one_page(stay: Stay, page: Page) -> None:
    """Those that ask for another way back make pages too many, which are closed."""
    with ThreadPoolExecutor(4) as pool:
        urls = [f"https://stays.example/tab{number % 2}" for number in range(4)]
        answers = list(pool.map(lambda url: page.ask(success_url=url), urls))
    assert {answer.status_code for answer in answers} == {200}
    page.opened = answers[0].json()["data"]
    assert {answer.json()["data"]["checkout_session_id"] for answer in answers} == {page.at_stripe.id}
    assert len(stay.payments) == 1
    stay.town.work()
    sessions = stay.market.stripe.client().v1.checkout.sessions.list({"limit": 100}).auto_paging_iter()
    still_open = [s.id for s in sessions if s.client_reference_id == stay.id and s.status == "open"]
    assert still_open == [page.at_stripe.id]
    stay.town.hear()
    assert (stay.payments[0]["status"], stay.cases) == ("pending", [])


@pytest.mark.parametrize("kind", ["close", "error"])
def test_a_mishap_at_stripe_is_tried_again(stay: Stay, page: Page, kind: Any) -> None:
    stay.market.stripe.inject(kind, method="POST", path=SESSIONS, executes=True)
    assert page.open()["status"] == "open"
    assert len(stay.payments) == 1


def test_a_card_that_is_declined_on_the_page_may_be_followed_by_another(stay: Stay, page: Page) -> None:
    first = page.open()
    assert page.pay("pm_card_chargeDeclined") == 402
    assert page.pay() == 303
    stay.town.hear()
    assert [(p["id"], p["status"]) for p in stay.payments] == [(first["payment_id"], "succeeded")]


def test_who_comes_back_from_a_page_where_paying_failed_gets_a_new_one(stay: Stay, page: Page) -> None:
    page.open()
    left = Page.of(stay)
    left.opened = page.opened
    page.pay("pm_card_chargeDeclined")
    stay.town.hear()
    assert page.open()["payment_id"] != left.opened["payment_id"]
    stay.town.work()
    assert left.at_stripe.status == "expired"
    assert page.pay() == 303
    stay.town.hear()
    assert [payment["status"] for payment in stay.payments] == ["cancelled", "succeeded"]


def test_another_guest_neither_pays_nor_looks(stay: Stay) -> None:
    assert Page(stay.town, stay.id, uuid4().hex).error() == (403, "FORBIDDEN")
    assert stay.payments == []


@pytest.mark.parametrize("url", ["http://stays.example/", "javascript:alert(1)", "https://", "back"])
def test_a_guest_is_sent_on_to_pages_only(stay: Stay, page: Page, url: str) -> None:
    assert page.error(success_url=url) == (400, "INVALID_PARAMETER")
    assert page.error(cancel_url=url) == (400, "INVALID_PARAMETER")
    assert stay.payments == []


def test_somewhere_to_go_on_to_is_needed(page: Page) -> None:
    assert page.error(success_url=None) == (400, "MISSING_REQUIRED_FIELD")
    assert page.open(success_url="http://localhost:3000/paid")["url"]


@pytest.mark.parametrize(("outcome", "status"), [("succeeds", "succeeded"), ("fails", "failed")])
def test_every_product_line_is_paid_on_a_page_also_slowly(town: Town, outcome: Any, status: str) -> None:
    """A toy, paid for by a bank transfer that takes its time."""
    market, name = town.market, f"toy {outcome}"
    booking_id = str(market.value("select tests.order_toy(%s)", name))
    market.rows("update payments.orders set currency = 'USD' where id = %s returning id", booking_id)
    page = Page(town, booking_id, market.value("select tests.session(%s)", name))
    page.open()
    assert page.pay("pm_usBankAccount_success") == 303

    def payment() -> Any:
        query = "select to_jsonb(p) from payments.payments as p where booking_id = %s order by created_at"
        return market.rows(query, booking_id)[-1][0]

    town.hear()
    assert payment()["status"] == "processing"
    again = page.open()
    assert (again["status"], again["url"]) == ("complete", None)
    market.stripe.settle_intent(payment()["gateway_payment_intent_id"], outcome)
    town.hear()
    assert (payment()["id"], payment()["status"]) == (again["payment_id"], status)
    if status == "failed":
        assert page.open()["payment_id"] != again["payment_id"]
        assert page.pay() == 303
        town.hear()
    assert payment()["status"] == "succeeded"
    assert market.value("select (tests.balances(%s) ->> 'customer_deposits USD')::bigint", name) == -10000
