"""Paying on Stripe's own page, from the guest's click to the books."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.checkout.page import Page
from tests.refunds.stay import Stay, Town, moves, requested, settled, share


@pytest.fixture
def stay(town: Town) -> Stay:
    stay = town.stay()
    assert stay.book().status_code == 200
    return stay


def received(stay: Stay) -> tuple[str, list[str]]:
    return "payment_received", moves("payment_received", ("cash_reserve", "customer_deposits", stay.total))


def held_until(stay: Stay) -> datetime:
    query = "select expires_at from lodging.booking_intents where id = %s"
    until: datetime = stay.market.value(query, stay.id)
    return until


def run_out(stay: Stay) -> None:
    stay.market.rows(
        "update lodging.booking_intents set expires_at = now() - interval '1 s' where id = %s returning id",
        stay.id,
    )
    stay.town.run("lodging.expire_holds")


def statuses(stay: Stay) -> list[tuple[str, str]]:
    return [(payment["method"], payment["status"]) for payment in stay.payments]


def test_a_stay_is_paid_on_the_page(town: Town, stay: Stay) -> None:
    page = Page.of(stay)
    opened = page.open(cancel_url="https://stays.example/back")
    assert opened.keys() == {"payment_id", "checkout_session_id", "status", "url", "expires_at"}
    assert opened["status"] == "open"
    assert datetime.fromisoformat(opened["expires_at"]) == held_until(stay)
    [payment] = stay.payments
    assert (payment["id"], payment["method"], payment["status"]) == (
        opened["payment_id"],
        "stripe_checkout",
        "pending",
    )
    at_stripe = page.at_stripe
    assert at_stripe.expires_at == int(held_until(stay).timestamp())
    assert (at_stripe.amount_total, at_stripe.currency) == (stay.total, "brl")
    assert (at_stripe.client_reference_id, at_stripe.cancel_url) == (stay.id, "https://stays.example/back")
    assert at_stripe.metadata is not None
    assert at_stripe.metadata["payment_id"] == opened["payment_id"]

    assert page.pay() == 303
    town.hear()
    assert (stay.status, stay.payment["status"]) == ("host_commit_pending", "succeeded")
    assert stay.posted() == [received(stay)]
    town.work()
    town.hear()
    assert stay.status == "confirmed"
    assert [kind for kind, _ in stay.posted()] == ["commission_recognised"]
    fee = (stay.total * 29 + 500) // 1000 + 30
    assert stay.balances()["gateway_fee_expense"] == fee
    assert stay.payment["gateway_charge_id"]
    assert page.error() == (409, "PAYMENT_ALREADY_PROCESSED")

    assert stay.refund(stay.total // 2).status_code == 200
    town.work()
    half, commission = stay.total // 2, share(15, 100, stay.total)
    returned = commission - share(stay.total - half, stay.total, commission)
    assert stay.posted() == [requested(half, commission=returned), settled(half)]
    assert stay.cases == []


def test_a_page_nobody_pays_on_is_closed_when_the_hold_runs_out(town: Town, stay: Stay) -> None:
    page = Page.of(stay)
    page.open()
    assert stay.nights() == [(1, 0)] * 3
    run_out(stay)
    assert (statuses(stay), stay.nights()) == ([("stripe_checkout", "cancelled")], [(0, 0)] * 3)
    town.work()
    assert page.at_stripe.status == "expired"
    assert page.pay() == 400
    town.hear()
    assert statuses(stay) == [("stripe_checkout", "cancelled")]
    assert page.error() == (410, "BOOKING_INTENT_EXPIRED")
    assert (stay.posted(), stay.balances(), stay.cases) == ([], {}, [])


def test_cancelling_the_intent_closes_the_page(town: Town, stay: Stay) -> None:
    page = Page.of(stay)
    page.open()
    town.market.call("cancel_booking_intent", stay.guest.mine)
    town.work()
    assert page.at_stripe.status == "expired"
    assert (stay.posted(), stay.nights()) == ([], [(0, 0)] * 3)


def test_a_page_that_ran_out_gives_way_to_another(town: Town, stay: Stay) -> None:
    """Stripe closes a page; while the nights are held, the guest may have a new one, or pay otherwise."""
    page = Page.of(stay)
    first = page.open()
    page.expire()
    town.hear()
    assert statuses(stay) == [("stripe_checkout", "expired")]
    second = page.open()
    assert second["checkout_session_id"] != first["checkout_session_id"]
    page.expire()
    third = page.open()
    assert third["checkout_session_id"] != second["checkout_session_id"], "though we had not heard of it"
    assert page.pay() == 303
    town.hear()
    assert [status for _, status in statuses(stay)] == ["expired", "expired", "succeeded"]
    assert stay.posted() == [received(stay)]
    assert stay.status == "host_commit_pending"


def test_who_pays_on_the_page_just_after_the_hold_is_late(town: Town, stay: Stay) -> None:
    """The nights are free still, so that the stay is on again; the page cannot be closed any more."""
    page = Page.of(stay)
    page.open()
    assert page.pay() == 303
    run_out(stay)
    town.work()
    assert (stay.status, stay.payment["status"]) == ("confirmed", "succeeded")
    town.hear()
    assert [kind for kind, _ in stay.posted()] == ["payment_received", "commission_recognised"]
    assert stay.cases == []


def test_a_late_payment_on_the_page_goes_back_when_the_nights_are_gone(town: Town, stay: Stay) -> None:
    page = Page.of(stay)
    page.open()
    assert page.pay() == 303
    run_out(stay)
    other = town.stay("Bruno", like=stay)
    assert other.book().status_code == 200
    town.hear()
    town.work()
    assert stay.posted() == [received(stay), requested(stay.total), settled(stay.total)]
    assert (stay.status, stay.payment["status"]) == (None, "refunded")


@pytest.mark.parametrize("page_is_first", [True, False])
def test_card_and_page_are_both_paid(town: Town, stay: Stay, page_is_first: bool) -> None:
    """What was opened first is called off here, but not at Stripe yet when the guest pays on both."""
    page = Page.of(stay)
    if page_is_first:
        page.open()
        card = town.market.call("create_payment_intent_stripe", stay.guest.mine)
    else:
        card = town.market.call("create_payment_intent_stripe", stay.guest.mine)
        page.open()
    assert [status for _, status in statuses(stay)] == ["cancelled", "pending"]
    assert page.pay() == 303
    town.market.stripe.confirm_in_browser(card["client_secret"])
    town.hear()

    surplus = [
        *moves("payment_received", ("cash_reserve", "customer_deposits", stay.total)),
        *moves("refund_processed", ("customer_deposits", "refunds_payable", stay.total)),
    ]
    assert stay.posted() == [received(stay), ("surplus_received", surplus)]
    assert sorted((p["method"], p["status"], p["is_surplus"]) for p in stay.payments) == [
        ("stripe_card", "refund_pending", True),
        ("stripe_checkout", "succeeded", False),
    ]
    town.work()
    town.hear()
    assert stay.status == "confirmed"
    assert sorted(stay.posted(), key=lambda posting: posting[0])[1:] == [settled(stay.total)]
    [refund] = town.market.stripe.client().v1.refunds.list({"payment_intent": card["payment_intent_id"]}).data
    assert refund.amount == stay.total
    assert stay.refunds == [(stay.total, "completed")]
    assert stay.payment["refund_amount"] == 0
    assert stay.cases == []


def test_a_card_instead_closes_the_page(town: Town, stay: Stay) -> None:
    page = Page.of(stay)
    page.open()
    stay.pay()
    town.hear()
    town.work()
    assert page.at_stripe.status == "expired"
    assert statuses(stay) == [("stripe_checkout", "cancelled"), ("stripe_card", "succeeded")]
    assert stay.status == "confirmed"
    assert [kind for kind, _ in stay.posted()] == ["payment_received", "commission_recognised"]
