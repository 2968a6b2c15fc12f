"""The story of the demo, with every posting and every audit row it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from tests.bad_days import BadDays
from tests.refunds.stay import Town
from tests.story import Marketplace, Story, wait_until


class Trail:
    """What was audited and posted since it was last asked.

    Messages and the sealing of the log go their own way, at their own time.
    """

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
            from audit.audit_logs
            where seq > %s
              and entity_type <> 'notification'
              and entity_id not in (select id from core.outbox where topic = 'audit.publish_heads')
            order by seq
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


def test_a_stay_from_search_to_payout(market: Marketplace) -> None:
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
        "stripe_event.updated received > processed by service_role": 3,
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
    }
    assert commands(market) == {"lodging.commit_booking done": 1, "payments.fetch_stripe_object done": 2}

    story.let_a_hold_expire()
    assert (story.free_before, story.free_meanwhile, story.free_after) == (3, 0, 3)
    assert trail.audited() == {
        "setting.updated by database": 2,
        "order.created by anon": 1,
        "booking_intent.created intent_created by anon": 1,
        "booking_intent.updated intent_created > expired by service_role": 1,
    }
    assert trail.posted() == []

    story.stay()
    assert story.forged == 401
    assert story.reservation["status"] == "checked_out"
    assert trail.audited() == {
        "reservation.updated confirmed > checkin_pending by service_role": 1,
        "reservation.updated checkin_pending > checked_in by service_role": 1,
        "reservation.updated checked_in > checked_out by service_role": 1,
    }
    assert trail.posted() == []

    story.pay_the_owner()
    share = total - commission
    [transfer] = market.stripe.client().v1.transfers.list().data
    assert (transfer.amount, transfer.id) == (share, story.payout["gateway_transfer_id"])
    assert (story.payout["status"], story.payout["gross_amount"], story.payout["net_amount"]) == (
        "completed",
        total,
        share,
    )
    assert (story.batch["status"], story.batch["total_payouts"], story.batch["total_amount"]) == (
        "completed",
        1,
        share,
    )
    assert story.reservation["payout_id"] == story.payout["id"]
    assert story.reservation["payout_batch_id"] == story.batch["id"]
    assert trail.posted() == [
        (
            "owner_share_due",
            [
                f"debit customer_deposits {share} payout_due",
                f"credit payouts_receivable {share} payout_due",
            ],
        ),
        (
            "payout_executed",
            [
                f"debit payouts_receivable {share} payout_executed",
                f"credit cash_reserve {share} payout_executed",
            ],
        ),
    ]
    assert trail.audited() == {
        "setting.updated by database": 2,
        "reservation.updated checked_out > completed by service_role": 1,
        "ledger_transaction.created by service_role": 2,
        "reservation.updated completed > payout_pending by service_role": 1,
        "payout.created pending by service_role": 1,
        "payout.updated by service_role": 1,
        "payout_batch.created draft by service_role": 1,
        "payout.updated pending > scheduled by service_role": 1,
        "payout_batch.updated by service_role": 1,
        "payout.updated scheduled > processing by service_role": 1,
        "payout_batch.updated draft > processing by service_role": 1,
        "command.created pending by service_role": 1,
        "command.updated by service_role": 3,
        "command.updated pending > done by service_role": 1,
        "stripe_event.updated received > processed by service_role": 1,
        "payout.updated processing > completed by service_role": 1,
        "reservation.updated payout_pending > paid_out by service_role": 1,
        "payout_batch.updated processing > completed by service_role": 1,
    }
    assert commands(market)["payments.create_transfer done"] == 1

    story.balance_the_books()
    balances = {row["account"]: row["balance"] for row in story.trial_balance["accounts"]}
    assert balances == {
        "cash_reserve": commission - fee,
        "gateway_fee_expense": fee,
        "customer_deposits": 0,
        "payouts_receivable": 0,
        "commissions_payable": 0,
        "commission_revenue": -commission,
    }
    assert story.deposits_of_ended == 0
    assert story.trial_balance["balanced"] is True
    assert market.value("select count(*) from core.exceptions") == 0
    assert messages(market) == ["payment_receipt", "booking_confirmation", "new_booking"]


def nights(story: Story) -> list[Any]:
    """Held and sold, night by night."""
    return story.market.rows(
        "select temp_holds, bookings_count from lodging.availability_calendar "
        "where unit_id = %s and date >= %s and date < %s order by date",
        story.unit["id"],
        story.check_in,
        story.check_out,
    )


def messages(market: Marketplace) -> list[str]:
    query = "select array_agg(template_code order by created_at) from notifications.notification_outbox"
    written: list[str] = market.value(query)
    return written


def commands(market: Marketplace) -> dict[str, int]:
    query = (
        "select topic || ' ' || status, count(*) from core.outbox "
        "where topic <> 'audit.publish_heads' group by 1"
    )
    return dict(market.rows(query))


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


def test_a_transfer_that_comes_back_is_made_again_and_one_to_no_account_by_hand(market: Marketplace) -> None:
    story, trail = Story(market), Trail(market)
    for tell in (story.search, story.race, story.name_the_traveler, story.pay, story.hear_of_the_payment):
        tell()
    for tell in (story.commit_to_the_host, story.stay, story.pay_the_owner):
        tell()
    payout, share = story.payout["id"], story.payout["net_amount"]
    reservation = "select status::text from lodging.reservations"
    status = "select status::text from payments.payouts"
    executed = (
        "payout_executed",
        [f"debit payouts_receivable {share} payout_executed", f"credit cash_reserve {share} payout_executed"],
    )
    market.stripe.release_webhooks()
    market.stripe.settle()
    trail.posted()

    market.stripe.client().v1.transfers.reversals.create(story.payout["gateway_transfer_id"])
    market.stripe.settle()
    assert trail.posted() == [
        (
            "payout_reversed",
            [
                f"debit cash_reserve {share} payout_executed",
                f"credit payouts_receivable {share} payout_executed",
            ],
        )
    ]
    assert (market.value(reservation), market.value(status)) == ("payout_pending", "failed")
    assert market.value("select kind from core.exceptions where resolved_at is null") == "payout_failed"

    assert market.call_as_system("retry_payout", {"payout_id": payout})["status"] == "scheduled"
    wait_until(lambda: market.value(reservation) == "paid_out" and not pending(market))
    market.stripe.settle()
    assert trail.posted() == [executed]
    [again, first] = market.stripe.client().v1.transfers.list().data
    assert (again.amount, first.reversed) == (share, True)

    market.rows("update payments.payees set payouts_enabled = false returning 1")
    market.stripe.client().v1.transfers.reversals.create(again.id)
    market.stripe.settle()
    market.call_as_system("retry_payout", {"payout_id": payout})
    wait_until(lambda: market.value(status) == "processing")
    by_hand = {"payout_id": payout, "reference": "TED 4711"}
    for _ in range(2):
        assert market.call_as_system("mark_payout_paid", by_hand)["amount"] == share
    assert (market.value(reservation), trail.posted()[1:]) == ("paid_out", [executed])
    story.balance_the_books()
    assert story.trial_balance["balanced"] is True
    assert story.deposits_of_ended == 0
    assert market.value("select count(*) from core.exceptions where resolved_at is null") == 0


def test_a_stay_that_the_host_cancels_is_refunded(market: Marketplace) -> None:
    story, trail = Story(market), Trail(market)
    for tell in (story.search, story.race, story.name_the_traveler, story.pay, story.hear_of_the_payment):
        tell()
    story.commit_to_the_host()
    trail.posted()
    total = story.winner.intent["total_amount"]
    commission = total * 15 // 100
    market.host.release_webhooks()
    market.host.cancel(story.reservation["host_booking_id"])
    market.host.settle()
    wait_until(
        lambda: (
            market.value("select status::text from lodging.reservations") == "refunded"
            and not pending(market)
        )
    )
    assert nights(story) == [(0, 0)] * 3
    assert trail.posted() == [
        (
            "refund_requested",
            [
                f"debit commission_revenue {commission} refund_reversal",
                f"credit customer_deposits {commission} refund_reversal",
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
    story.balance_the_books()
    assert (story.trial_balance["balanced"], story.deposits_of_ended) == (True, 0)


def test_bad_days_end_in_a_stay_or_a_refund(market: Marketplace, db: Clone) -> None:
    trail = Trail(market)
    for title, tell in BadDays(Town(market, db.dsn)).chapters():
        assert all(tell()), title
    kinds = Counter(kind for kind, _ in trail.posted())
    assert kinds == {
        "payment_received": 8,
        "surplus_received": 1,
        "commission_recognised": 5,
        "gateway_fee": 9,
        "owner_share_due": 2,
        "refund_requested": 6,
        "refund_settled": 7,
        "refund_failed": 1,
        "dispute_withdrawn": 2,
        "dispute_reinstated": 1,
        "dispute_lost": 1,
        "payout_executed": 1,
    }
    story = Story(market)
    story.balance_the_books()
    assert (story.trial_balance["balanced"], story.deposits_of_ended) == (True, 0)
    assert market.value("select count(*) from core.exceptions where resolved_at is null") == 0
