"""The recipes against the model: random histories, each step committed, every balance compared after it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.ledger.model import Booking, Owner, Payment

HISTORIES = 25
STEPS = 40
BALANCES = """
select b.name, e.account::text, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint
from unnest(%s::text[]) as b (name)
join ledger.ledger_entries as e on e.booking_id = tests.id(b.name)
group by b.name, e.account
"""


class Row(str):
    """The name of a row of the database, which is the base of its id."""


class History:
    """Some bookings of one owner, told to the model and to the database alike."""

    def __init__(self, seed: int, connection: psycopg.Connection[Any]) -> None:
        self.name = f"history {seed}"
        self.random = random.Random(seed)
        self.connection = connection
        self.bookings: dict[str, Booking] = {}
        self.numbers = count()
        self.log: list[str] = []
        owner = Owner()
        connection.execute("select tests.create_payee(%s)", [self.name])
        for _ in range(self.random.randint(1, 3)):
            name = self.new("booking")
            amount = self.random.randint(1, 2000)
            booking = self.bookings[name] = Booking(amount, self.random.randint(0, amount), owner)
            connection.execute(
                "select tests.create_order(%s, %s, %s, %s)",
                [name, amount, booking.paid.commission, self.name],
            )
            connection.execute("select tests.create_payment(%s, %s)", [f"{name} paid", name])
            booking.receive()
            self.post("record_payment_received", name, Row(f"{name} paid"), amount)

    def new(self, what: str) -> Row:
        return Row(f"{self.name}: {what} {next(self.numbers)}")

    def post(self, recipe: str, booking: str, *arguments: Row | str | int) -> None:
        """Calls a recipe, sometimes twice: the second call must change nothing."""
        values = [Row(booking), *arguments]
        slots = ["tests.id(%s)" if isinstance(value, Row) else "%s" for value in values]
        call = f"select ledger.{recipe}({', '.join(slots)}, now())"
        self.log.append(f"{recipe} {values}")
        for _ in range(self.random.randint(1, 2)):
            self.connection.execute(call, [str(v) if isinstance(v, Row) else v for v in values])

    def step(self) -> None:
        """One thing that can happen now happens to one booking."""
        name = self.random.choice(list(self.bookings))
        self.random.choice(list(self.possible(name, self.bookings[name])))()

    def possible(self, name: str, booking: Booking) -> Iterator[Callable[[], None]]:
        paid, pick, up_to = booking.paid, self.random.choice, self.random.randint
        payment = Row(f"{name} paid")

        def commission() -> None:
            booking.recognise_commission()
            self.post("recognise_commission", name)

        def share_due() -> None:
            booking.owner_share_due()
            self.post("record_owner_share_due", name)

        def payout() -> None:
            net = max(0, paid.unpaid - booking.owner.debt)
            payout, amount = self.new("payout"), pick([net, up_to(0, paid.unpaid)])
            booking.execute_payout(payout, amount)
            self.post("record_payout_executed", name, payout, amount)

        def payout_reversed() -> None:
            payout = Row(pick(list(booking.payouts)))
            booking.reverse_payout(payout)
            self.post("record_payout_reversed", name, payout)

        def fee_accrued() -> None:
            amount = up_to(0, 50)
            booking.accrue_fee(amount)
            self.post("accrue_gateway_fee", name, payment, amount)

        def fee_charged() -> None:
            amount = up_to(1, 50)
            booking.charge_fee(amount)
            self.post("record_gateway_fee", name, payment, amount, self.new("balance transaction").upper())

        def tax() -> None:
            booking.withhold_tax(4)
            self.post("record_pix_tax", name, payment, 4)

        def withdrawn() -> None:
            amount = up_to(1, paid.amount)
            booking.dispute_withdrawn(amount, 15)
            self.post(
                "record_dispute_withdrawn", name, payment, amount, 15, self.new("balance transaction").upper()
            )

        def reinstated() -> None:
            amount = paid.withdrawn
            booking.dispute_reinstated(15)
            self.post(
                "record_dispute_reinstated",
                name,
                payment,
                amount,
                15,
                self.new("balance transaction").upper(),
            )

        def lost() -> None:
            amount = paid.withdrawn
            booking.dispute_lost()
            self.post("record_dispute_lost", name, payment, amount, self.new("dispute").upper())

        def surplus() -> None:
            refund, second = self.new("refund"), Row(f"{name} surplus")
            self.connection.execute("select tests.create_payment(%s, %s, 'stripe_pix')", [str(second), name])
            booking.receive_surplus(refund)
            self.post("record_surplus_received", name, second, refund, paid.amount)

        yield from (commission, share_due)
        if paid.unpaid:
            yield from (payout, payout)
        if not self.done(name, "accrue_gateway_fee"):
            yield fee_accrued
        if not paid.fee_charged:
            yield fee_charged
        if not self.done(name, "record_pix_tax"):
            yield tax
        if booking.payouts:
            yield payout_reversed
        if paid.withdrawn:
            yield from (reinstated, lost)
        elif not paid.in_flight:
            yield withdrawn
        if booking.surplus is None:
            yield surplus
        else:
            yield from self.possible_refunds(name, booking, booking.surplus, Row(f"{name} surplus"))
        if not paid.withdrawn:
            yield from self.possible_refunds(name, booking, paid, payment)

    def possible_refunds(
        self, name: str, booking: Booking, payment: Payment, row: Row
    ) -> Iterator[Callable[[], None]]:
        def requested() -> None:
            refund, amount = self.new("refund"), self.random.randint(1, payment.left)
            booking.request_refund(payment, refund, amount)
            self.post("record_refund_requested", name, row, refund, amount)

        def settled() -> None:
            refund = Row(self.random.choice(payment.in_flight))
            booking.settle_refund(payment, refund)
            self.post("record_refund_settled", name, row, refund)

        def failed() -> None:
            refund = Row(self.random.choice(list(payment.refunds)))
            booking.fail_refund(payment, refund)
            self.post("record_refund_failed", name, row, refund)

        if payment.left:
            yield requested
        if payment.in_flight:
            yield settled
        if payment.refunds:
            yield failed

    def done(self, name: str, recipe: str) -> bool:
        return any(line.startswith(f"{recipe} ['{name}'") for line in self.log)

    def compare(self) -> None:
        posted: dict[str, Counter[str]] = defaultdict(Counter)
        for name, account, balance in self.connection.execute(BALANCES, [[str(n) for n in self.bookings]]):
            posted[name][account] = balance
        for name, booking in self.bookings.items():
            booking.check()
            assert posted[name] == booking.balances, "\n".join(self.log)


def answer(connection: psycopg.Connection[Any], call: str) -> dict[str, Any]:
    """What a function that returns JSON says."""
    row = connection.execute(f"select {call}").fetchone()
    assert row is not None
    return dict(row[0])


def assert_in_order(connection: psycopg.Connection[Any]) -> None:
    verdict, trial = answer(connection, "ledger.verify()"), answer(connection, "ledger.trial_balance()")
    assert verdict["violations"] == []
    assert verdict["transactions"] > 0
    assert trial["balanced"]
    assert sum(account["balance"] for account in trial["accounts"]) == 0


def test_recipes_do_what_the_model_does(db: Clone) -> None:
    expected: Counter[str] = Counter()
    with db.connect(autocommit=True) as connection:
        for seed in range(HISTORIES):
            history = History(seed, connection)
            history.compare()
            for _ in range(STEPS):
                history.step()
                history.compare()
            for booking in history.bookings.values():
                expected.update(booking.balances)
        assert_in_order(connection)
        trial = answer(connection, "ledger.trial_balance('URB')")
        posted = Counter({account["account"]: account["balance"] for account in trial["accounts"]})
        assert posted == expected
