"""Money that comes after its hold is gone, and money that comes twice."""

from __future__ import annotations

from tests.refunds.stay import Stay, Town, moves, requested, settled


def received(stay: Stay) -> tuple[str, list[str]]:
    legs = moves("payment_received", ("cash_reserve", "customer_deposits", stay.total))
    return "payment_received", legs


def paid_too_late(town: Town) -> Stay:
    stay = town.stay()
    stay.pay_too_late()
    return stay


def test_a_late_payment_claims_its_nights_again(town: Town) -> None:
    stay = paid_too_late(town)
    assert stay.nights() == [(0, 0)] * 3
    town.hear()
    assert (stay.status, stay.payment["status"]) == ("host_commit_pending", "succeeded")
    assert stay.nights() == [(0, 1)] * 3
    assert stay.posted() == [received(stay)]
    town.work()
    assert stay.status == "confirmed"
    assert [kind for kind, _ in stay.posted()] == ["commission_recognised"]
    assert stay.cases == []


def test_a_late_payment_is_heard_of_when_it_cannot_be_cancelled(town: Town) -> None:
    """No webhook comes: the worker learns of the money when it wants to cancel the payment at Stripe."""
    stay = paid_too_late(town)
    town.work()
    assert (stay.status, stay.payment["status"]) == ("confirmed", "succeeded")
    town.hear()
    assert [kind for kind, _ in stay.posted()] == ["payment_received", "commission_recognised"]


def test_a_late_payment_for_nights_that_are_gone_goes_back(town: Town) -> None:
    stay = paid_too_late(town)
    other = town.stay("Bruno", like=stay)
    assert other.book().status_code == 200
    town.hear()
    assert (stay.status, stay.payment["status"]) == (None, "refund_pending")
    assert stay.posted() == [received(stay), requested(stay.total)]
    town.work()
    assert stay.posted() == [settled(stay.total)]
    assert stay.payment["status"] == "refunded"
    assert stay.nights() == [(1, 0)] * 3
    polled = town.market.call("poll_payment_status", stay.guest.mine)
    assert (polled["status"], polled["payment_status"]) == ("expired", "succeeded")
    assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}


def test_the_second_of_two_payments_goes_back_in_full(town: Town) -> None:
    """Card and Pix are both paid before either is known."""
    stay = town.stay()
    card, pix = stay.pay_twice()

    first, second = stay.payments
    assert (first["status"], first["is_surplus"]) == ("succeeded", False)
    assert (second["status"], second["is_surplus"]) == ("refund_pending", True)
    surplus = [
        *moves("payment_received", ("cash_reserve", "customer_deposits", stay.total)),
        *moves("refund_processed", ("customer_deposits", "refunds_payable", stay.total)),
    ]
    assert stay.posted() == [received(stay), ("surplus_received", surplus)]

    town.work()
    town.hear()
    assert stay.payments[0]["status"] == "succeeded"
    assert stay.payments[0]["refund_amount"] == 0
    assert stay.payments[1]["status"] == "refunded"
    assert stay.refunds == [(stay.total, "completed")]
    assert stay.status == "confirmed"
    assert sorted(kind for kind, _ in stay.posted()) == ["commission_recognised", "refund_settled"]
    [refund] = town.market.stripe.client().v1.refunds.list({"payment_intent": pix}).data
    assert refund.amount == stay.total
    assert town.market.stripe.client().v1.refunds.list({"payment_intent": card}).data == []
    assert stay.cases == []
