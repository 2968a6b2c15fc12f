"""The story of the demo, with every posting and every audit row it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from tests.story import Marketplace, Story, wait_until


class Trail:
    """What was audited and posted since it was last asked."""

    def __init__(self, market: Marketplace) -> None:
        self._market = market
        self._audited = self._posted = 0
        self.audited()

    def audited(self) -> Counter[str]:
        """How often which change was made by whom: `payment.updated pending > succeeded by stripe`."""
        rows = self._market.rows(
            """
            select seq, concat_ws(' ', event_type,
              replace(btrim(metadata ->> 'status', '[]"'), '", "', ' > '), 'by ' || actor_type)
            from audit.audit_logs where seq > %s order by seq
            """,
            self._audited,
        )
        self._audited = max([self._audited, *(row[0] for row in rows)])
        return Counter(row[1] for row in rows)

    def posted(self) -> list[tuple[str, list[str]]]:
        """Transactions with their legs: `debit cash_reserve 100 payment_received`."""
        rows = self._market.rows(
            """
            select t.seq, t.type, array_agg(
              concat_ws(' ', e.direction, e.account, e.amount, e.entry_type) order by e.id)
            from ledger.ledger_transactions as t
            join ledger.ledger_entries as e on e.transaction_id = t.id
            where t.seq > %s group by t.id order by t.seq
            """,
            self._posted,
        )
        self._posted = max([self._posted, *(row[0] for row in rows)])
        return [(row[1], row[2]) for row in rows]


@pytest.fixture
def market(db: Clone, tmp_path: Path) -> Iterator[Marketplace]:
    with Marketplace(db.dsn, tmp_path) as running:
        yield running


def test_a_stay_from_search_to_confirmed(market: Marketplace) -> None:
    story, trail = Story(market), Trail(market)

    story.search()
    assert trail.audited() == {}

    story.race()
    total = story.winner.intent["total_amount"]
    error = story.refusal.json()["error"]
    assert (story.refusal.status_code, error["code"]) == (409, "INSUFFICIENT_INVENTORY")
    assert nights(story) == [(1, 0)] * 3
    assert trail.audited() == {"order.created by anon": 1, "booking_intent.created intent_created by anon": 1}

    story.name_the_traveler()
    assert trail.audited() == {"traveler.created by anon": 1, "booking_intent.updated by anon": 1}

    story.pay()
    assert set(story.payment) == {"payment_intent_id", "client_secret", "status"}
    assert len(market.stripe.requests("/v1/payment_intents")) >= 2
    assert story.waiting.json()["data"]["status"] == "payment_pending"
    assert trail.audited() == {
        "payment.created pending by service_role": 1,
        "booking_intent.updated intent_created > payment_pending by service_role": 1,
        "payment.updated by service_role": 1,
    }
    assert trail.posted() == []
    assert "_secret_" not in market.value("select string_agg(p::text, '') from payments.payments as p"), (
        "the client secret is not stored"
    )

    story.hear_of_the_payment()
    assert story.forged == 401
    assert set(story.deliveries) == {200}
    assert trail.posted() == [
        (
            "payment_received",
            [
                f"debit cash_reserve {total} payment_received",
                f"credit customer_deposits {total} payment_received",
            ],
        )
    ]
    assert trail.audited() == {
        "payment.updated by stripe": 2,
        "payment.updated pending > succeeded by stripe": 1,
        "payment_attempt.created succeeded by stripe": 1,
        "ledger_transaction.created by stripe": 1,
        "booking_intent.updated payment_pending > payment_confirmed by stripe": 1,
        "reservation.created host_commit_pending by stripe": 1,
        "booking_intent.updated payment_confirmed > converted by stripe": 1,
        "command.created pending by stripe": 3,
    }
    assert nights(story) == [(0, 1)] * 3
    assert commands(market) == {
        "lodging.commit_booking pending": 1,
        "payments.fetch_stripe_object pending": 2,
    }

    story.commit_to_the_host()
    assert story.reservation["host_booking_id"] == story.host_booking["host_booking_id"]
    assert story.host_booking["reservation_id"] == story.winner.intent["booking_intent_id"]
    commission, fee = total * 15 // 100, (total * 29 + 500) // 1000 + 30
    assert sorted(trail.posted()) == [
        (
            "commission_recognised",
            [
                f"debit customer_deposits {commission} commission_taken",
                f"credit commissions_payable {commission} commission_taken",
                f"debit commissions_payable {commission} commission_taken",
                f"credit commission_revenue {commission} commission_revenue",
            ],
        ),
        (
            "gateway_fee",
            [f"debit gateway_fee_expense {fee} gateway_fee", f"credit cash_reserve {fee} gateway_fee"],
        ),
    ]
    assert trail.audited() == {
        "command.updated by service_role": 5,
        "command.updated pending > done by service_role": 3,
        "ledger_transaction.created by service_role": 2,
        "reservation.updated by service_role": 1,
        "reservation.updated host_commit_pending > confirmed by service_role": 1,
        "notification.created pending by service_role": 2,
    }
    assert commands(market) == {"lodging.commit_booking done": 1, "payments.fetch_stripe_object done": 2}

    story.let_a_hold_expire()
    assert (story.free_before, story.free_meanwhile, story.free_after) == (3, 0, 3)
    assert trail.audited() == {
        "setting.updated by database": 1,
        "order.created by anon": 1,
        "booking_intent.created intent_created by anon": 1,
        "booking_intent.updated intent_created > expired by service_role": 1,
    }
    assert trail.posted() == []

    story.balance_the_books()
    balances = {row["account"]: row["balance"] for row in story.trial_balance["accounts"]}
    assert balances == {
        "cash_reserve": total - fee,
        "gateway_fee_expense": fee,
        "customer_deposits": commission - total,
        "commissions_payable": 0,
        "commission_revenue": -commission,
    }
    assert story.trial_balance["balanced"] is True
    assert market.value("select count(*) from core.exceptions") == 0


def nights(story: Story) -> list[Any]:
    """Held and sold, night by night."""
    return story.market.rows(
        "select temp_holds, bookings_count from lodging.availability_calendar "
        "where unit_id = %s and date >= %s and date < %s order by date",
        story.unit["id"],
        story.check_in,
        story.check_out,
    )


def commands(market: Marketplace) -> dict[str, int]:
    return dict(market.rows("select topic || ' ' || status, count(*) from core.outbox group by 1 order by 1"))


def test_a_stay_the_host_refuses_is_refunded_once(market: Marketplace) -> None:
    story, trail = Story(market), Trail(market)
    for tell in (story.search, story.race, story.name_the_traveler, story.pay, story.hear_of_the_payment):
        tell()
    total = story.winner.intent["total_amount"]
    trail.posted()
    commit = market.value("select payload from core.outbox where topic = 'lodging.commit_booking'")
    unit = {name: commit[name] for name in ("host_property_id", "host_unit_id", "check_in", "check_out")}
    market.host.book_elsewhere(**unit)
    market.stripe.inject("close", method="POST", path="/v1/refunds", executes=True)

    market.start_worker()
    reservation = "select status::text from lodging.reservations"
    wait_until(lambda: market.value(reservation) == "refunded" and not pending(market))

    [refund] = market.stripe.client().v1.refunds.list().data
    assert refund.amount == total
    assert nights(story) == [(0, 0)] * 3
    postings = trail.posted()
    assert [posting for posting in postings if posting[0].startswith("refund")] == [
        (
            "refund_requested",
            [
                f"debit customer_deposits {total} refund_processed",
                f"credit refunds_payable {total} refund_processed",
            ],
        ),
        (
            "refund_settled",
            [
                f"debit refunds_payable {total} refund_processed",
                f"credit cash_reserve {total} refund_processed",
            ],
        ),
    ]

    market.stripe.release_webhooks()
    market.stripe.settle()
    assert trail.posted() == []
    assert market.value(reservation) == "refunded"
    story.balance_the_books()
    assert story.trial_balance["balanced"] is True
    assert market.value("select count(*) from core.exceptions") == 0


def test_money_that_comes_when_the_nights_are_gone_goes_back(market: Marketplace) -> None:
    """Ana pays in time but we hear of it late: her nights are gone to Bruno."""
    story, trail = Story(market), Trail(market)
    for tell in (story.search, story.race, story.name_the_traveler, story.pay):
        tell()
    market.rows("update lodging.booking_intents set expires_at = now() - interval '1 s' returning 1")
    story.loser.intent = story.book(story.loser, story.check_in, story.check_out).json()["data"]
    assert nights(story) == [(1, 0)] * 3

    story.market.stripe.release_webhooks()
    market.stripe.settle()
    polled = market.call("poll_payment_status", story.winner.mine)
    assert (polled["status"], polled["payment_status"]) == ("expired", "succeeded")
    market.start_worker()
    wait_until(lambda: market.value("select bool_and(status = 'completed') from payments.refunds") is True)
    wait_until(lambda: not pending(market))

    total = story.winner.intent["total_amount"]
    assert market.value("select sum(amount) from payments.refunds") == total
    assert market.value("select count(*) from lodging.reservations") == 0
    assert nights(story) == [(1, 0)] * 3
    assert [posting[0] for posting in trail.posted() if posting[0] != "gateway_fee"] == [
        "payment_received",
        "refund_requested",
        "refund_settled",
    ]
    story.balance_the_books()
    assert story.trial_balance["balanced"] is True


def pending(market: Marketplace) -> list[Any]:
    return market.rows("select topic from core.outbox where status = 'pending'")
