"""Many connections post for the same bookings at once: what one decides, no other undoes."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.ledger.test_model import answer, assert_in_order

CONNECTIONS = 8
CALLS = 40
BOOKINGS = 3


def at_once(db: Clone, work: Callable[[int, psycopg.Connection[Any]], Any]) -> list[Any]:
    """Runs the work on every connection, all starting together."""
    start = Barrier(CONNECTIONS)

    def run(number: int) -> Any:
        with db.connect(autocommit=True) as connection:
            start.wait()
            return work(number, connection)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(run, range(CONNECTIONS)))


def test_a_key_is_posted_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_order('stay', 1000), tests.create_payment('card', 'stay')")
    entries = (
        "select ledger.move('merchant_account', 'cash_reserve', 1, 'bank_transfer', 'gateway', null, 'BRL')"
    )

    def work(number: int, connection: psycopg.Connection[Any]) -> list[Any]:
        return [
            connection.execute(
                f"select ledger.post('test', 'URB', null, ({entries}), now(), %s)", [f"key {call}"]
            ).fetchone()
            for call in range(CALLS)
        ]

    answers = at_once(db, work)
    assert all(given == answers[0] for given in answers)
    with db.connect() as connection:
        assert_in_order(connection)
        assert answer(connection, "ledger.verify()")["transactions"] == CALLS


def requested(
    connection: psycopg.Connection[Any], order: str, payment: str, refund: str, amount: int
) -> bool:
    """Whether so much could still be refunded."""
    try:
        connection.execute(
            "select ledger.record_refund_requested(tests.id(%s), tests.id(%s), tests.id(%s), %s, now())",
            [order, payment, refund, amount],
        )
    except psycopg.Error as error:
        if "AMOUNT_TOO_LARGE" in (error.diag.message_detail or ""):
            return False
        raise
    return True


def test_refunds_never_exceed_what_was_paid(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_payee('owner')")
        for booking in range(BOOKINGS):
            connection.execute(
                "select tests.create_paid_order(%s, %s, 1000, 150, 'owner')",
                [f"stay {booking}", f"card {booking}"],
            )

    def work(number: int, connection: psycopg.Connection[Any]) -> int:
        chance = random.Random(number)
        refunded = 0
        for call in range(CALLS):
            booking = chance.randrange(BOOKINGS)
            order, payment = f"stay {booking}", f"card {booking}"
            refund = f"refund {number}.{call}"
            amount = chance.randint(1, 60)
            connection.execute("select ledger.recognise_commission(tests.id(%s), now())", [order])
            if not requested(connection, order, payment, refund, amount):
                continue
            refunded += amount
            if chance.random() < 0.2:
                connection.execute(
                    "select ledger.record_refund_failed(tests.id(%s), tests.id(%s), tests.id(%s), now())",
                    [order, payment, refund],
                )
                refunded -= amount
            connection.execute("select ledger.record_owner_share_due(tests.id(%s), now())", [order])
        return refunded

    refunded = sum(at_once(db, work))
    with db.connect() as connection:
        assert_in_order(connection)
        trial = answer(connection, "ledger.trial_balance('URB')")
        balances = {account["account"]: account["balance"] for account in trial["accounts"]}
        assert balances["refunds_payable"] == -refunded
        assert 0 < refunded <= BOOKINGS * 1000


def test_a_debt_is_set_off_once(db: Clone) -> None:
    """Payouts for several bookings of one owner run at once; the debt is kept back from one of them only."""
    with db.connect(autocommit=True) as connection:
        for call in (
            "tests.create_payee('owner')",
            "tests.create_paid_order('old', 'paid', 500, 0, 'owner')",
            "ledger.record_owner_share_due(tests.id('old'), now())",
            "ledger.record_payout_executed(tests.id('old'), tests.id('payout'), 500, now())",
            "ledger.record_refund_requested(tests.id('old'), tests.id('paid'), tests.id('back'), 100, now())",
        ):
            connection.execute(f"select {call}")
        for number in range(CONNECTIONS):
            connection.execute(
                "select tests.create_paid_order(%s, %s, 1000, 0, 'owner')",
                [f"stay {number}", f"card {number}"],
            )
            connection.execute(
                "select ledger.record_owner_share_due(tests.id(%s), now())", [f"stay {number}"]
            )

    def work(number: int, connection: psycopg.Connection[Any]) -> None:
        connection.execute(
            "select ledger.record_payout_executed(tests.id(%s), tests.id(%s), 900, now())",
            [f"stay {number}", f"payout {number}"],
        )

    at_once(db, work)
    with db.connect() as connection:
        assert_in_order(connection)
        trial = answer(connection, "ledger.trial_balance('URB')")
        balances = {account["account"]: account["balance"] for account in trial["accounts"]}
        assert balances["owner_receivable"] == 0
        assert balances["payouts_receivable"] == -100 * (CONNECTIONS - 1)
