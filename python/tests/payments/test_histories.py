"""Random lives of an order: customer, line, Stripe and worker act in any order, and news travel as they like.

In the end our payments say what Stripe's objects say, and the books say what the payments say.
"""

from __future__ import annotations

import json
import random

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value
from tests.payments.stripe_side import Toy, ingest
from tests.payments.stripe_truth import FEE, Stripe, record

HISTORIES = 12
STEPS = 40
DISPUTE_FEE = 1500
METHODS = ("stripe_card", "stripe_pix")


def act(connection: Connection, stripe: Stripe) -> None:
    """One step of somebody. What our functions refuse is refused."""
    rng, name = stripe.rng, stripe.name
    step = rng.choice(
        (
            "start",
            "start",
            "pay",
            "pay",
            "news",
            "news",
            "news",
            "work",
            "refund",
            "settle",
            "dispute",
            "judge",
            "end",
        )
    )
    try:
        if step == "start":
            start = "select (payments.start_payment(tests.id(%s), %s, tests.session(%s))).id"
            toy = stripe.open(str(value(connection, start, name, rng.choice(METHODS), name)))
            if rng.random() < 0.6:
                record(connection, toy)
        elif step == "pay":
            stripe.pay()
        elif step == "news" and stripe.under_way:
            ingest(connection, stripe.under_way.pop(rng.randrange(len(stripe.under_way))))
        elif step == "work":
            work(connection, stripe)
        elif step == "refund":
            ask = (
                "select payments.request_refund(p.id, %s, 'customer_request', null, %s, null)"
                " from payments.payments as p where p.booking_id = tests.id(%s) and p.amount_captured > 0"
            )
            connection.execute(ask, [rng.choice((3000, 5000, None)), str(stripe.told), name])
        elif step == "settle":
            stripe.settle()
        elif step == "dispute":
            stripe.dispute()
        elif step == "judge":
            stripe.judge()
        elif step == "end" and rng.random() < 0.3:
            with connection.transaction():
                connection.execute("select from payments.orders where id = tests.id(%s) for update", [name])
                give_up = "update toys.sales set state = 'gone' where id = tests.id(%s) and state = 'new'"
                connection.execute(give_up, [name])
                connection.execute("select payments.cancel_open_payments(tests.id(%s), 'too late')", [name])
    except psycopg.Error as error:
        detail = str(error.diag.message_detail)
        refused = ("AMOUNT_TOO_LARGE", "PAYMENT_ALREADY_PROCESSED", "DISPUTE_OPEN")
        assert any(code in detail for code in refused), detail


def work(connection: Connection, stripe: Stripe) -> bool:
    """A worker carries out one command, if one is due."""
    claimed = value(connection, "select core.claim_commands('worker', null, 1)")
    for command in claimed:
        answer = stripe.answer(command["topic"], command["payload"])
        report = "select core.complete_command(%s, %s, %s::jsonb)"
        if answer is None:
            answer = {"code": "charge_disputed", "http_status": 400}
            report = "select core.fail_command(%s, %s, %s::jsonb, true, false)"
        receipt = value(connection, report, command["id"], command["claim_token"], json.dumps(answer))
        assert receipt["accepted"]
    return bool(claimed)


def come_to_rest(connection: Connection, stripe: Stripe) -> None:
    """Every intent is recorded, every event arrives, every command is carried out, all that is open ends."""
    for toy in stripe.toys.values():
        record(connection, toy)
    while True:
        stripe.settle()
        stripe.judge()
        while stripe.under_way:
            ingest(connection, stripe.under_way.pop(stripe.rng.randrange(len(stripe.under_way))))
        pending = any(refund["status"] == "pending" for refund in stripe.refunds.values())
        if not work(connection, stripe) and not stripe.under_way and not pending:
            return


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_payments_say_what_stripe_says_and_the_books_what_payments_say(db: Clone, seed: int) -> None:
    rng = random.Random(seed)
    with db.connect(autocommit=True) as connection:
        stripe = Stripe(rng, f"toy{seed:02}")
        connection.execute("select tests.order_toy(%s)", [stripe.name])
        for _ in range(STEPS):
            act(connection, stripe)
        come_to_rest(connection, stripe)

        captured = given_back = paying = 0
        for toy in stripe.toys.values():
            row = connection.execute(
                "select amount_captured, refunded_amount, refund_amount, is_surplus, status::text,"
                " lost_amount from payments.payments where id = %s",
                [toy.payment_id],
            ).fetchone()
            assert row is not None
            settled = sum(
                refund["amount"]
                for refund in stripe.refunds.values()
                if refund["payment_intent"] == f"pi_{toy.name}" and refund["status"] == "succeeded"
            )
            is_paid = stripe.states[toy.name] == "succeeded"
            assert row[0] == (toy.amount if is_paid else 0)
            assert row[1] == row[2] == settled
            dispute = stripe.disputes.get(toy.name, {"status": "none"})
            lost = dispute["amount"] if dispute["status"] == "lost" else 0
            assert row[5] == lost
            if is_paid:
                assert row[4] == (
                    "refunded"
                    if settled + lost == toy.amount
                    else "partially_refunded"
                    if settled + lost
                    else "succeeded"
                )
            else:
                assert row[4] in ("pending", "processing", "failed", "cancelled")
            captured, given_back, paying = (
                captured + row[0],
                given_back + settled + lost,
                paying + (is_paid and not row[3]),
            )

        payments = captured // Toy("").amount
        fees = FEE * payments + DISPUTE_FEE * len(stripe.disputes)
        assert paying == min(payments, 1)
        balances = value(connection, "select tests.balances(%s)", stripe.name)
        assert balances == {
            account: balance
            for account, balance in {
                "cash_reserve": captured - given_back - fees,
                "customer_deposits": given_back - captured,
                "gateway_fee_expense": fees,
            }.items()
            if balance
        }
        assert value(connection, "select ledger.verify() -> 'ok'") is True
        undecided = (
            "select count(*) from core.exceptions where kind = 'payment_disputed' and resolved_at is null"
        )
        assert value(connection, undecided) == 0
        unfinished = "select count(*) from payments.stripe_events where status <> 'processed'"
        assert value(connection, unfinished) == 0
