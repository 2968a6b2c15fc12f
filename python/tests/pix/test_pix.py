"""Stays paid by PIX at each provider: in time, unheard of, too late, not at all, twice, and given back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema

from tests.pix.providers import Side
from tests.refunds.stay import Stay, Town, moves, requested, settled

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "create_pix_charge.json").read_text())


def start(stay: Stay, side: Side) -> dict[str, Any]:
    charge: dict[str, Any] = stay.market.call("create_pix_charge", {**stay.guest.mine, "provider": side.name})
    jsonschema.validate(charge, SCHEMA)
    return charge


def booked(town: Town, side: Side) -> tuple[Stay, dict[str, Any]]:
    stay = town.stay()
    assert stay.book().status_code == 200
    return stay, start(stay, side)


def tax(amount: int) -> int:
    """0.38 %, rounded half up."""
    return (amount * 38 + 5000) // 10_000


def received(stay: Stay) -> list[tuple[str, list[str]]]:
    return [
        ("payment_received", moves("payment_received", ("cash_reserve", "customer_deposits", stay.total))),
        ("pix_tax", moves("iof_tax", ("iof_expense", "cash_reserve", tax(stay.total)))),
    ]


def charge_row(stay: Stay, charge: dict[str, Any]) -> dict[str, Any]:
    query = "select to_jsonb(c) from payments.pix_charges as c where id = %s"
    row: dict[str, Any] = stay.market.value(query, charge["pix_charge_id"])
    return row


def end_charge(stay: Stay, charge: dict[str, Any]) -> None:
    """The code's time is over, by our clock."""
    query = "update payments.pix_charges set expires_at = now() - interval '1 s' where id = %s returning id"
    stay.market.rows(query, charge["pix_charge_id"])


def look(town: Town) -> None:
    """The job that asks for news finds that it is time."""
    town.market.rows(
        "update core.outbox set next_attempt_at = now() - interval '1 day' where topic ~ 'fetch' returning 1"
    )
    town.market.rows(
        "update payments.pix_charges set created_at = created_at - interval '2 hours' returning 1"
    )
    town.run("payments.check_pix_charges")
    town.work()


def test_a_code_is_paid_and_the_stay_is_booked(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    assert charge["amount"] == stay.total
    assert base64.b64decode(charge["qr_code_base64"]).startswith(b"\x89PNG")
    assert start(stay, side) == charge
    waiting = town.market.post("poll_payment_status", stay.guest.mine)
    assert waiting.headers["retry-after"] == "5"
    assert waiting.json()["data"] == {
        "booking_intent_id": stay.id,
        "status": "payment_pending",
        "payment_status": "pending",
        "payment_method": side.method,
    }

    side.pay(charge)
    side.hear()
    town.work()
    assert stay.status == "confirmed"
    polled = town.market.call("poll_payment_status", stay.guest.mine)
    assert (polled["status"], polled["payment_status"]) == ("payment_confirmed", "succeeded")
    row = charge_row(stay, charge)
    assert (row["status"], row["iof_amount"]) == ("paid", tax(stay.total))
    assert row["net_amount"] == stay.total - tax(stay.total)
    assert stay.posted()[:2] == received(stay)
    attempts = "select status from payments.payment_attempts where payment_id = %s"
    assert town.market.rows(attempts, charge["payment_id"]) == [("succeeded",)]
    assert stay.cases == []


def test_without_webhooks_the_job_finds_the_payment(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    side.pay(charge)
    side.lose_webhooks()
    look(town)
    assert stay.status == "confirmed"
    assert stay.posted()[:2] == received(stay)


def test_news_that_come_twice_change_nothing(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    side.pay(charge)
    side.hear()
    town.work()
    seen = stay.posted()
    look(town)
    assert (stay.posted(), len(seen)) == ([], 3)
    assert [payment["status"] for payment in stay.payments] == ["succeeded"]


def test_a_code_that_nobody_pays_gives_the_nights_back(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    end_charge(stay, charge)
    town.run("payments.expire_pix_charges")
    assert charge_row(stay, charge)["status"] == "expired"
    assert stay.nights() == [(0, 0)] * 3
    polled = town.market.call("poll_payment_status", stay.guest.mine)
    assert (polled["status"], polled["payment_status"]) == ("expired", "failed")
    town.work()
    assert stay.payments[0]["status"] == "cancelled"
    assert stay.payments[0]["gateway_response"]["status"] == "canceled"
    assert stay.posted() == []
    assert stay.cases == []
    assert town.market.post("create_pix_charge", stay.guest.mine).status_code == 410


def test_paid_too_late_it_claims_the_nights_again(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    side.pay(charge)
    side.lose_webhooks()
    end_charge(stay, charge)
    town.run("payments.expire_pix_charges")
    assert stay.nights() == [(0, 0)] * 3
    town.work()
    assert (stay.status, charge_row(stay, charge)["status"]) == ("confirmed", "paid")
    assert stay.posted()[:2] == received(stay)


def test_paid_too_late_for_nights_that_are_gone_it_goes_back(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    side.pay(charge)
    side.lose_webhooks()
    end_charge(stay, charge)
    town.run("payments.expire_pix_charges")
    assert town.stay("Bruno", like=stay).book().status_code == 200
    town.work()
    assert stay.status is None
    assert stay.posted()[:3] == [*received(stay), requested(stay.total)]
    side.finish_refunds()
    look(town)
    side.hear()
    town.work()
    assert stay.payment["status"] == "refunded"
    assert stay.posted()[-1:] in ([settled(stay.total)], [])
    assert stay.balances().get("refunds_payable", 0) == 0


def test_of_a_card_and_a_code_the_second_goes_back(town: Town, side: Side) -> None:
    stay = town.stay()
    stay.book()
    card = town.market.call("create_payment_intent_stripe", stay.guest.mine)
    charge = start(stay, side)
    assert [payment["status"] for payment in stay.payments] == ["cancelled", "pending"]
    town.market.stripe.confirm_in_browser(card["client_secret"])
    side.pay(charge)
    town.hear()
    side.hear()
    town.work()
    side.finish_refunds()
    look(town)
    town.hear()
    side.hear()
    town.work()
    assert stay.status == "confirmed"
    statuses = sorted(payment["status"] for payment in stay.payments)
    assert statuses == ["refunded", "succeeded"]
    [surplus] = [payment for payment in stay.payments if payment["is_surplus"]]
    assert surplus["refunded_amount"] == stay.total
    assert stay.balances().get("refunds_payable", 0) == 0
    # With the commission taken, what is left of one payment is the owner's.
    assert stay.balances()["customer_deposits"] > -stay.total


def test_a_card_after_a_code_cancels_the_code(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    town.market.call("create_payment_intent_stripe", stay.guest.mine)
    assert charge_row(stay, charge)["status"] == "cancelled"
    town.work()
    assert stay.payments[0]["gateway_response"]["status"] == "canceled"
    again = start(stay, side)
    assert again["pix_charge_id"] != charge["pix_charge_id"]


def test_a_refund_goes_to_the_provider_that_took_the_money(town: Town, side: Side) -> None:
    stay, charge = booked(town, side)
    side.pay(charge)
    side.hear()
    town.work()
    stay.posted()
    assert stay.refund(1000).status_code == 200
    town.work()
    side.finish_refunds()
    look(town)
    side.hear()
    town.work()
    assert stay.refunds == [(1000, "completed")]
    assert stay.payment["status"] == "partially_refunded"
    assert stay.posted()[-1] == settled(1000)
    assert stay.refund().status_code == 200
    town.work()
    side.finish_refunds()
    look(town)
    assert stay.payment["status"] == "refunded"
    assert stay.balances().get("refunds_payable", 0) == 0
