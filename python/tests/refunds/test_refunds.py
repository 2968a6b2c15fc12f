"""Refunds by staff and by the system, in part and in full, that arrive or come back."""

from __future__ import annotations

from tests.refunds.stay import Town, moves, requested, settled, share


def test_an_agent_refunds_a_part_then_the_rest(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    total, commission = stay.total, share(15, 100, stay.total)
    part = total // 3

    answer = stay.refund(part)
    assert answer.json()["data"] == {
        "refund_id": answer.json()["data"]["refund_id"],
        "payment_id": stay.payment["id"],
        "status": "pending",
        "amount": part,
        "estimated_days": 10,
    }
    kept = share(commission, total, total - part)
    assert stay.posted() == [requested(part, commission=commission - kept)]
    assert stay.payment["status"] == "refund_pending"
    town.work()
    assert stay.posted() == [settled(part)]
    assert (stay.status, stay.payment["status"]) == ("confirmed", "partially_refunded")

    assert stay.refund(total).json()["error"]["code"] == "AMOUNT_TOO_LARGE"
    assert stay.refund().json()["data"]["amount"] == total - part
    town.work()
    assert stay.posted() == [requested(total - part, commission=kept), settled(total - part)]
    assert (stay.status, stay.payment["status"]) == ("confirmed", "refunded")
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}
    assert [refund.amount for refund in town.market.stripe.client().v1.refunds.list().data] == [
        total - part,
        part,
    ]

    town.hear()
    assert stay.posted() == []
    assert stay.cases == []


def test_a_stay_the_host_refuses_three_times_is_refunded(town: Town) -> None:
    stay = town.stay()
    stay.book()
    stay.pay()
    town.hear()
    assert stay.status == "host_commit_pending"
    town.market.host.inject("error", method="POST", path="/bookings", status=503, times=3)
    town.work()
    assert stay.status == "refunded"
    assert stay.refunds == [(stay.total, "completed")]
    assert stay.nights() == [(0, 0)] * 3
    assert [kind for kind, _ in stay.posted()] == ["payment_received", "refund_requested", "refund_settled"]
    town.hear()
    assert stay.posted() == []
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}
    assert stay.cases == []


def test_a_refund_that_comes_back_is_made_again(town: Town) -> None:
    """It had settled: the guest's bank returns it days later, and an agent tries once more."""
    stay = town.stay()
    stay.book()
    stay.pay()
    town.hear()
    town.market.host.inject("error", method="POST", path="/bookings", status=503, times=3)
    town.work()
    assert stay.status == "refunded"
    stay.posted()

    town.market.stripe.fail_refund(stay.refund_ids[0], "lost_or_stolen_card")
    town.hear()
    back = [
        ("cash_reserve", "refunds_payable", stay.total),
        ("refunds_payable", "customer_deposits", stay.total),
    ]
    assert stay.posted() == [("refund_failed", moves("refund_reversal", *back))]
    assert (stay.status, stay.payment["status"]) == ("refund_failed", "succeeded")
    assert stay.cases == [("refund_failed", None)]
    assert stay.balances()["customer_deposits"] == -stay.total

    assert stay.refund(reservation_id=stay.id).status_code == 200
    assert stay.status == "refund_pending"
    assert stay.cases == [("refund_failed", "refunded again")]
    town.work()
    assert stay.posted() == [requested(stay.total), settled(stay.total)]
    assert (stay.status, stay.payment["status"]) == ("refunded", "refunded")
    assert stay.refunds == [(stay.total, "failed"), (stay.total, "completed")]
    town.hear()
    assert stay.posted() == []


def test_a_refund_whose_answer_was_lost_is_made_once(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    stay.refund(5000)
    town.market.stripe.inject("close", method="POST", path="/v1/refunds", executes=True)
    town.work()
    assert stay.refunds == [(5000, "completed")]
    made = town.market.stripe.client().v1.refunds.list(
        {"payment_intent": stay.payment["gateway_payment_intent_id"]}
    )
    assert [refund.amount for refund in made.data] == [5000]


def test_a_refund_made_in_the_dashboard_is_taken_over(town: Town) -> None:
    stay = town.stay()
    stay.confirm()
    commission = share(15, 100, stay.total)
    intent = stay.payment["gateway_payment_intent_id"]
    town.market.stripe.client().v1.refunds.create({"payment_intent": intent, "amount": 7000})
    town.hear()
    taken = commission - share(commission, stay.total, stay.total - 7000)
    assert stay.posted() == [requested(7000, commission=taken), settled(7000)]
    assert (stay.status, stay.payment["status"]) == ("confirmed", "partially_refunded")
