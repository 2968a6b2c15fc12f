"""Disputes: the bank takes the money, and gives it back or not."""

from __future__ import annotations

from typing import Any

from tests.refunds.stay import Stay, Town, moves, requested, settled, share

FEE = 1500


def withdrawn(amount: int) -> tuple[str, list[str]]:
    return "dispute_withdrawn", [
        *moves("dispute", ("dispute_losses", "cash_reserve", amount)),
        *moves("gateway_fee", ("gateway_fee_expense", "cash_reserve", FEE)),
    ]


def reinstated(amount: int) -> tuple[str, list[str]]:
    return "dispute_reinstated", moves("dispute", ("cash_reserve", "dispute_losses", amount))


def lost(amount: int, **sources: int) -> tuple[str, list[str]]:
    """As a refund, but that it makes good our loss."""
    collected = requested(amount, **sources)[1][:-2]
    return "dispute_lost", [*collected, *moves("dispute", ("customer_deposits", "dispute_losses", amount))]


def commission_of(stay: Stay) -> int:
    return share(15, 100, stay.total)


def payment_status(stay: Stay) -> Any:
    return stay.market.value("select payment_status::text from lodging.reservations where id = %s", stay.id)


def test_a_dispute_that_is_won_leaves_all_as_it_was(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    dispute = stay.dispute()
    town.hear()
    assert stay.posted() == [withdrawn(stay.total)]
    assert (stay.status, stay.payment["status"]) == ("confirmed", "disputed")
    assert stay.cases == [("payment_disputed", None)]
    refused = stay.refund(1000)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "DISPUTE_OPEN")

    town.market.stripe.close_dispute(dispute, "won")
    town.hear()
    assert stay.posted() == [reinstated(stay.total)]
    assert (stay.status, stay.payment["status"]) == ("confirmed", "succeeded")
    assert stay.cases == [("payment_disputed", "won")]
    assert stay.refund(1000).status_code == 200
    town.work()
    assert stay.refunds == [(1000, "completed")]


def test_a_dispute_may_be_won_with_its_fee(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    dispute = stay.dispute()
    town.market.stripe.close_dispute(dispute, "won", fee_returned=True)
    town.hear()
    fee_back = moves("gateway_fee", ("cash_reserve", "gateway_fee_expense", FEE))
    kind, legs = reinstated(stay.total)
    assert stay.posted() == [withdrawn(stay.total), (kind, legs + fee_back)]
    assert "dispute_losses" not in stay.balances()


def test_a_dispute_that_is_lost_takes_commission_and_deposits(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    town.market.stripe.close_dispute(stay.dispute(), "lost")
    town.hear()
    assert stay.posted() == [withdrawn(stay.total), lost(stay.total, commission=commission_of(stay))]
    assert (stay.status, stay.payment["status"], payment_status(stay)) == (
        "confirmed",
        "refunded",
        "refunded",
    )
    assert stay.payment["lost_amount"] == stay.total
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}
    assert stay.refund(1).json()["error"]["code"] == "AMOUNT_TOO_LARGE"
    assert stay.cases == [("payment_disputed", "lost")]


def test_a_part_that_is_lost_takes_its_part_of_the_commission(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    part, commission = stay.total // 4, commission_of(stay)
    town.market.stripe.close_dispute(stay.dispute(amount=part), "lost")
    town.hear()
    kept = share(commission, stay.total, stay.total - part)
    assert stay.posted() == [withdrawn(part), lost(part, commission=commission - kept)]
    assert (stay.payment["status"], payment_status(stay)) == ("partially_refunded", "partial")
    assert stay.balances()["customer_deposits"] == -(stay.total - part - kept)


def test_whatever_order_the_news_come_in_they_are_booked_once(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    town.market.stripe.close_dispute(stay.dispute(), "lost")
    news = [event["id"] for event in town.market.stripe.events("charge.dispute.created")]
    news += [event["id"] for event in town.market.stripe.events("charge.dispute.funds_withdrawn")]
    news += [event["id"] for event in town.market.stripe.events("charge.dispute.closed")]
    delivered = town.market.stripe.deliver(*reversed(news), times=2)
    assert {attempt["status"] for attempt in delivered} == {200}
    assert stay.posted() == [withdrawn(stay.total), lost(stay.total, commission=commission_of(stay))]
    assert stay.payment["status"] == "refunded"
    town.hear()
    assert stay.posted() == []
    assert stay.cases == [("payment_disputed", "lost")]


def test_a_payout_waits_for_the_dispute(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    dispute = stay.dispute()
    town.hear()
    town.pay_owners()
    assert stay.status == "payout_pending"
    town.market.stripe.close_dispute(dispute, "won")
    town.hear()
    town.pay_owners()
    assert stay.status == "paid_out"
    assert [kind for kind, _ in stay.posted()] == [
        "dispute_withdrawn",
        "dispute_reinstated",
        "payout_executed",
    ]


def test_a_dispute_lost_before_the_payout_takes_the_owners_share(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    commission = commission_of(stay)
    town.market.stripe.close_dispute(stay.dispute(), "lost")
    town.hear()
    assert stay.posted() == [
        withdrawn(stay.total),
        lost(stay.total, commission=commission, unpaid=stay.total - commission),
    ]
    assert (stay.status, payment_status(stay)) == ("refunded", "refunded")
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}
    town.pay_owners()
    assert (stay.status, stay.posted()) == ("refunded", [])
    assert payouts(stay) == [("cancelled", 0)]


def test_a_dispute_lost_after_the_payout_is_netted_at_the_next(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    town.pay_owners()
    owners = stay.total - commission_of(stay)
    paid = moves("payout_executed", ("payouts_receivable", "cash_reserve", owners))
    assert (stay.status, stay.posted()) == ("paid_out", [("payout_executed", paid)])

    disputed = stay.total // 2
    town.market.stripe.close_dispute(stay.dispute(amount=disputed), "lost")
    town.hear()
    taken = commission_of(stay) - share(commission_of(stay), stay.total, stay.total - disputed)
    debt = disputed - taken
    assert stay.posted() == [withdrawn(disputed), lost(disputed, commission=taken, owed=debt)]
    assert (stay.status, payment_status(stay)) == ("paid_out", "partial")
    assert "customer_deposits" not in stay.balances()

    following = town.stay("Bruno")
    following.confirm()
    following.complete()
    town.pay_owners()
    rest = following.total - commission_of(following) - debt
    legs = moves("adjustment", ("payouts_receivable", "owner_receivable", debt))
    legs += moves("payout_executed", ("payouts_receivable", "cash_reserve", rest))
    assert (following.status, following.posted()) == ("paid_out", [("payout_executed", legs)])
    assert payouts(following) == [("completed", debt)]
    [transfer] = town.market.stripe.client().v1.transfers.list({"limit": 1}).data
    assert transfer.amount == rest


def payouts(stay: Stay) -> list[Any]:
    """Status of each payout, and what of it paid debts."""
    return stay.market.rows(
        "select status::text, set_off_amount from payments.payouts where booking_id = %s", stay.id
    )


def test_a_refund_that_a_dispute_overtakes_is_asked_for_again(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    assert stay.refund(6000).status_code == 200
    stay.posted()
    dispute = stay.dispute()
    town.work()
    back = moves("refund_reversal", ("refunds_payable", "customer_deposits", 6000))
    assert stay.posted() == [("refund_failed", back)]
    assert stay.refunds == [(6000, "failed")]
    assert stay.cases == [("refund_failed", None)]

    town.market.stripe.close_dispute(dispute, "won")
    town.hear()
    assert stay.refund(6000).status_code == 200
    town.work()
    assert stay.refunds == [(6000, "failed"), (6000, "completed")]
    assert stay.posted()[-1] == settled(6000)
    assert stay.cases == [("refund_failed", "refunded again"), ("payment_disputed", "won")]


def test_a_refund_for_a_stay_the_host_refuses_waits_for_the_dispute(town: Town) -> None:
    stay = town.stay()
    stay.book()
    stay.pay()
    town.hear()
    dispute = stay.dispute()
    town.hear()
    town.market.host.inject("error", method="POST", path="/bookings", status=503, times=3)
    town.work()
    assert (stay.status, stay.payment["status"]) == ("host_commit_failed", "disputed")
    assert stay.refunds == []
    stay.posted()

    town.market.stripe.close_dispute(dispute, "won")
    town.hear()
    assert stay.status == "refund_pending"
    town.work()
    assert (stay.status, stay.payment["status"]) == ("refunded", "refunded")
    assert stay.posted() == [reinstated(stay.total), requested(stay.total), settled(stay.total)]
    assert stay.cases == [("payment_disputed", "won"), ("refund_waits_for_dispute", "the dispute is over")]
