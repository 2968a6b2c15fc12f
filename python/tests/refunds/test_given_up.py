"""Refunds that fail and that staff give up: the money stays, and finds its owner, whenever that is."""

from __future__ import annotations

import pytest

from tests.refunds.stay import Stay, Town, share


def fail_last_refund(stay: Stay) -> None:
    """The guest's bank returns it."""
    stay.town.market.stripe.fail_refund(stay.refund_ids[-1], "lost_or_stolen_card")
    stay.town.hear()


def give_up(stay: Stay) -> None:
    """An agent decides that the money stays; the job does the rest."""
    [case] = stay.market.rows(
        "select id::text from core.exceptions "
        "where booking_id = %s and kind = 'refund_failed' and resolved_at is null",
        stay.id,
    )
    answer = stay.town.as_agent(
        "resolve_exception", {"exception_id": case[0], "resolution": "the guest waives it"}
    )
    assert answer.status_code == 200, answer.text
    stay.town.run("lodging.complete_stays")


def refund_that_fails(stay: Stay, amount: int | None = None) -> None:
    assert stay.refund(amount).status_code == 200
    stay.town.work()
    fail_last_refund(stay)


def owner_was_paid(stay: Stay) -> int:
    return -sum(
        row[0]
        for row in stay.market.rows(
            "select case direction when 'debit' then amount else -amount end from ledger.ledger_entries "
            "where booking_id = %s and entry_type = 'payout_executed' and account = 'cash_reserve'",
            stay.id,
        )
    )


def all_is_shared_out(stay: Stay) -> None:
    """The owner has what the guest has paid, less the commission and what the guest got back."""
    left = stay.total - sum(amount for amount, status in stay.refunds if status == "completed")
    assert owner_was_paid(stay) == left - share(share(15, 100, stay.total), stay.total, left)
    assert not {"customer_deposits", "payouts_receivable"} & stay.balances().keys()


@pytest.mark.parametrize("paid", [False, True], ids=["planned", "paid"])
def test_a_part_given_up_after_the_payout(town: Town, paid: bool) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    if paid:
        town.pay_owners()
    refund_that_fails(stay, 5000)
    assert stay.status == ("paid_out" if paid else "payout_pending")
    assert stay.balances()["customer_deposits"] == -5000
    town.pay_owners()
    assert stay.balances()["customer_deposits"] == -5000
    give_up(stay)
    assert stay.status == "payout_pending"
    town.pay_owners()
    assert stay.status == "paid_out"
    all_is_shared_out(stay)


def test_a_part_given_up_while_the_transfer_is_on_its_way(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    town.run("payments.draw_up_payouts")
    town.run("payments.execute_payouts")
    assert stay.refund(5000).status_code == 200
    town.work()
    fail_last_refund(stay)
    give_up(stay)
    town.pay_owners()
    assert stay.status == "paid_out"
    all_is_shared_out(stay)


def test_all_given_up_after_the_stay(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    refund_that_fails(stay)
    assert stay.status == "refund_failed"
    give_up(stay)
    assert stay.status == "payout_pending"
    town.pay_owners()
    assert stay.status == "paid_out"
    all_is_shared_out(stay)


def test_all_given_up_after_a_cancellation(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    cancelled = town.market.post(
        "cancel_reservation",
        {"reservation_id": stay.id, "session_id": stay.guest.session_id, "reason": "ill"},
    )
    assert cancelled.json()["data"]["refund_amount"] == stay.total, cancelled.text
    town.work()
    fail_last_refund(stay)
    assert stay.status == "refund_failed"
    give_up(stay)
    assert stay.status == "cancelled"
    town.pay_owners()
    assert stay.status == "cancelled"
    all_is_shared_out(stay)


def test_a_cancelled_stay_shares_nothing_while_a_failed_refund_waits(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    refund_that_fails(stay, 5000)
    town.market.rows(
        "update payments.orders set policy_snapshot = policy_snapshot || %s where id = %s returning 1",
        '{"refund_percentage_before": 50}',
        stay.id,
    )
    town.market.post(
        "cancel_reservation",
        {"reservation_id": stay.id, "session_id": stay.guest.session_id, "reason": "ill"},
    )
    town.work()
    town.run("lodging.complete_stays")
    town.pay_owners()
    half = stay.total // 2
    assert stay.refunds == [(5000, "failed"), (half, "completed")]
    assert (stay.status, owner_was_paid(stay)) == ("refunded", 0)
    assert stay.balances()["customer_deposits"] < 0
    give_up(stay)
    town.pay_owners()
    assert stay.status == "refunded"
    all_is_shared_out(stay)


def test_a_refund_that_stripe_refuses_for_good_has_failed(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    town.market.stripe.inject("error", method="POST", path="/v1/refunds", status=400)
    assert stay.refund().status_code == 200
    town.work()
    assert (stay.status, stay.payment["status"]) == ("refund_failed", "succeeded")
    assert stay.refunds == [(stay.total, "failed")]
    assert stay.cases == [("refund_failed", None)]
    assert stay.refund().status_code == 200
    town.work()
    assert stay.status == "refunded"
    assert stay.refunds == [(stay.total, "failed"), (stay.total, "completed")]
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}


def test_a_refund_that_is_only_not_answered_stays_pending(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    town.market.stripe.inject("error", method="POST", path="/v1/refunds", status=429, times=20)
    assert stay.refund(5000).status_code == 200
    town.work()
    assert stay.refunds == [(5000, "pending")]
    assert stay.cases == [("command_dead", None)]
    town.market.stripe.clear_faults()
