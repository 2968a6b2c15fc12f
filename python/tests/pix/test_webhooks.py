"""Notices of Mercado Pago and OpenPix: forged, repeated, out of order, and of another amount."""

from __future__ import annotations

import pytest

from tests.pix.providers import PixSide, Side
from tests.pix.test_pix import booked, received
from tests.refunds.stay import Town

KEPT = "select count(*) from payments.stripe_events where event_id like %s"


@pytest.fixture
def provider(side: Side) -> PixSide:
    """Stripe's webhooks have tests of their own."""
    if not isinstance(side, PixSide):
        pytest.skip("Stripe's webhooks are tested in serve/test_webhooks.py")
    return side


def paid_notice(provider: PixSide) -> str:
    """The provider's webhook that tells of the last payment, which it holds."""
    last: str = provider.standin.deliveries()[-1]["id"]
    return last


def kept(provider: PixSide) -> int:
    count: int = provider.market.value(KEPT, f"{provider.name}:%")
    return count


def test_a_forged_notice_is_refused_and_not_kept(town: Town, provider: PixSide) -> None:
    _, charge = booked(town, provider)
    provider.pay(charge)
    before = kept(provider)
    forged = provider.standin.deliver(paid_notice(provider), secrets=["the secret of somebody else"])
    assert [attempt["status"] for attempt in forged] == [401]
    assert kept(provider) == before
    provider.lose_webhooks()


def test_what_is_unsigned_is_refused(town: Town, provider: PixSide) -> None:
    before = kept(provider)
    answer = town.market.http.post(f"/webhooks/{provider.name}", json={"event": "OPENPIX:CHARGE_COMPLETED"})
    assert answer.status_code == 401
    assert answer.json() == {"received": False, "error": "UNAUTHORIZED"}
    assert kept(provider) == before


def test_the_same_notice_many_times_at_once_is_one(town: Town, provider: PixSide) -> None:
    stay, charge = booked(town, provider)
    provider.pay(charge)
    attempts = provider.standin.deliver(paid_notice(provider), times=6, at_once=True)
    assert {attempt["status"] for attempt in attempts} == {200}
    provider.lose_webhooks()
    town.work()
    assert stay.status == "confirmed"
    assert stay.posted()[:2] == received(stay)


def test_notices_in_the_wrong_order_end_in_the_same(town: Town, provider: PixSide) -> None:
    stay, charge = booked(town, provider)
    provider.pay(charge)
    held = [each["id"] for each in provider.standin.deliveries() if each["state"] == "held"]
    for notice in reversed(held):
        assert [attempt["status"] for attempt in provider.standin.deliver(notice)] == [200]
        town.work()
    assert stay.status == "confirmed"
    assert stay.posted()[:2] == received(stay)


def test_a_payment_of_another_amount_is_a_case_and_no_payment(town: Town, provider: PixSide) -> None:
    stay, charge = booked(town, provider)
    change = "update payments.payments set amount = amount + 1 where id = %s returning id"
    town.market.rows(change, charge["payment_id"])
    provider.pay(charge)
    provider.hear()
    town.work()
    assert stay.status is None
    assert stay.posted() == []
    assert [kind for kind, _ in stay.cases] == ["payment_mismatch"]
