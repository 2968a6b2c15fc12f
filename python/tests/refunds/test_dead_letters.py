"""Stripe is away, slow or mad: so many tries, then a person, who tries again, and the money moves once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.outage.nonsense import NONSENSE, mad
from tests.refunds.stay import Stay, Town, moves, settled

PATIENCE_SECONDS = 0.3
AWAY = "nobody is there"
# Every other nonsense is shown to be no answer in tests/outage.
WAYS = [AWAY, "silence", "wrong types"]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reserve_db.worker.command.PROVIDER_TIMEOUT_SECONDS", PATIENCE_SECONDS)


@contextmanager
def stripe_that_is(way: str) -> Iterator[str]:
    if way == AWAY:
        yield "http://127.0.0.1:1"
        return
    with mad(NONSENSE[way]) as stripe:
        yield stripe.url
        assert stripe.requests > 0


class Letter:
    """The command of a stay that has one topic."""

    def __init__(self, stay: Stay, topic: str) -> None:
        self.town, self.stay, self.topic = stay.town, stay, topic
        policy = "select core.outbox_policy(%s) ->> 'max_attempts'"
        self.tries = int(stay.market.value(policy, topic))

    @property
    def row(self) -> dict[str, Any]:
        query = "select to_jsonb(o) from core.outbox as o where booking_id = %s and topic = %s"
        [(row,)] = self.stay.market.rows(query, self.stay.id, self.topic)
        return dict(row)

    def dies(self, way: str) -> None:
        """After as many tries as it has; a person is told, once, and no more work is done."""
        with stripe_that_is(way) as url:
            for _ in range(2):
                self.town.work(stripe_url=url)
                assert (self.row["status"], self.row["attempts"]) == ("dead", self.tries)
        assert self.stay.cases == [("command_dead", None)]

    def is_tried_again(self) -> None:
        again = self.town.as_agent("retry_command", {"command_id": self.row["id"]})
        assert again.status_code == 200, again.text
        assert self.stay.cases == [("command_dead", "retried")]
        self.town.work()
        assert (self.row["status"], self.row["attempts"]) == ("done", 1)


def refund_letter(town: Town) -> Letter:
    stay = town.stay()
    stay.confirm()
    assert stay.refund(5000).status_code == 200
    assert [kind for kind, _ in stay.posted()] == ["refund_requested"]
    return Letter(stay, "payments.create_refund")


def refund_arrives_once(letter: Letter) -> None:
    stay = letter.stay
    assert stay.refunds == [(5000, "completed")]
    assert stay.posted() == [settled(5000)]
    assert "refunds_payable" not in stay.balances()
    intent = {"payment_intent": stay.payment["gateway_payment_intent_id"]}
    made = stay.market.stripe.client().v1.refunds.list(intent)  # type: ignore[arg-type]
    assert [refund.amount for refund in made.data] == [5000]
    letter.town.hear()
    assert stay.posted() == []


def transfer_letter(town: Town) -> Letter:
    stay = town.stay()
    stay.confirm()
    stay.complete()
    town.run("payments.draw_up_payouts")
    town.run("payments.execute_payouts")
    return Letter(stay, "payments.create_transfer")


def owners_share(stay: Stay) -> int:
    net: int = stay.market.value("select net_amount from payments.payouts where booking_id = %s", stay.id)
    return net


def transfer_arrives_once(letter: Letter) -> None:
    stay, share = letter.stay, owners_share(letter.stay)
    assert stay.status == "paid_out"
    legs = moves("payout_executed", ("payouts_receivable", "cash_reserve", share))
    assert stay.posted() == [("payout_executed", legs)]
    group = {"transfer_group": letter.row["payload"]["payout_id"]}
    made = stay.market.stripe.client().v1.transfers.list(group)  # type: ignore[arg-type]
    assert [transfer.amount for transfer in made.data] == [share]
    letter.town.hear()
    assert stay.posted() == []


@pytest.mark.parametrize("way", WAYS)
def test_a_refund_that_nobody_takes(town: Town, way: str) -> None:
    letter = refund_letter(town)
    letter.dies(way)
    assert letter.stay.refunds == [(5000, "pending")]
    assert letter.stay.posted() == []
    assert letter.stay.balances()["refunds_payable"] == -5000
    letter.is_tried_again()
    refund_arrives_once(letter)


@pytest.mark.parametrize("way", WAYS)
def test_a_transfer_that_nobody_takes(town: Town, way: str) -> None:
    letter = transfer_letter(town)
    letter.dies(way)
    assert letter.stay.status == "payout_pending"
    assert letter.stay.posted() == []
    assert letter.stay.balances()["payouts_receivable"] == -owners_share(letter.stay)
    letter.is_tried_again()
    transfer_arrives_once(letter)


def test_a_refund_that_was_made_before_stripe_went_away(town: Town) -> None:
    """The money went at the first try, whose answer was lost; nobody knew until a person tried again."""
    letter = refund_letter(town)
    town.market.stripe.inject("close", method="POST", path="/v1/refunds", executes=True)
    town.try_once()
    town.market.stripe.forget_idempotency_keys()
    letter.dies(AWAY)
    letter.is_tried_again()
    refund_arrives_once(letter)


def test_a_transfer_that_was_made_before_stripe_went_away(town: Town) -> None:
    letter = transfer_letter(town)
    town.market.stripe.inject("close", method="POST", path="/v1/transfers", executes=True)
    town.try_once()
    town.market.stripe.forget_idempotency_keys()
    letter.dies(AWAY)
    letter.is_tried_again()
    transfer_arrives_once(letter)
