"""Payouts while everything else goes on: no deadlock, nothing paid twice."""

from __future__ import annotations

import random

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.payments.stripe_side import ingest
from tests.payouts.transfers import Transfers, claim, complete, create_payees, pay_out, reversed_one

PAYEES = ("ana", "bia", "cid")
SALES = 30
ROUNDS = 12
REFUSED = "PT409"


def test_payouts_beside_refunds_reversals_and_retries(db: Clone) -> None:
    stripe = Transfers()

    def pay(connection: Connection, _: random.Random) -> None:
        pay_out(connection)

    def work(connection: Connection, rng: random.Random) -> None:
        for command in claim(connection, 3):
            transfer = stripe.make(command)
            if rng.random() < 0.5:
                ingest(connection, stripe.event("transfer.created", transfer))
            complete(connection, command, transfer)

    def refund(connection: Connection, rng: random.Random) -> None:
        query = (
            "select payments.request_refund(p.id, 10, 'customer_request', null, %s, null) "
            "from tests.payment_of(%s) as p"
        )
        connection.execute(query, [str(rng.random()), f"toy{rng.randrange(SALES)}"])

    def take_back(connection: Connection, rng: random.Random) -> None:
        standing = [key for key, each in list(stripe.made.items()) if not each["amount_reversed"]]
        if standing and rng.random() < 0.3:
            key = rng.choice(standing)
            stripe.made[key] = reversed_one(stripe.made[key])
            ingest(connection, stripe.event("transfer.reversed", stripe.made[key]))
        retry(connection)

    def retry(connection: Connection) -> None:
        for (payout,) in connection.execute(
            "select id from payments.payouts where status = 'failed'"
        ).fetchall():
            connection.execute("select api.retry_payout(%s)", [payout])

    def act(connection: Connection, number: int) -> None:
        rng = random.Random(number)
        doing = (pay, work, refund, pay, work, take_back)[number % 6]
        for _ in range(ROUNDS):
            try:
                doing(connection, rng)
            except psycopg.Error as error:
                if error.sqlstate != REFUSED:
                    raise

    with db.connect(autocommit=True) as connection:
        create_payees(connection, *PAYEES)
        for number in range(SALES):
            sale = [f"toy{number}", PAYEES[number % len(PAYEES)]]
            connection.execute("select tests.owe(%s, %s, 1000)", sale)
        at_once(db, 12, act)

        for _ in range(20):
            retry(connection)
            pay_out(connection)
            for command in claim(connection, 100):
                complete(connection, command, stripe.make(command))
        counts = "select status::text, count(*) from payments.payouts group by 1"
        assert set(dict(connection.execute(counts).fetchall())) <= {"completed", "cancelled"}
        assert value(connection, "select ledger.verify() -> 'violations'") == []
        unpaid = "select sum(abs(ledger.booking_balance(id, 'payouts_receivable'))) from payments.orders"
        assert value(connection, unpaid) == 0
        paid = (
            "select sum(case direction when 'credit' then amount else -amount end) "
            "from ledger.ledger_entries where entry_type = 'payout_executed' and account = 'cash_reserve'"
        )
        assert value(connection, paid) == stripe.sent
        live = "select count(*) from payments.payout_batches where status not in ('completed', 'failed')"
        assert value(connection, live) == 0
