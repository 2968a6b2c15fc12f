"""Wallets of prepaid credits over random histories: nothing is lost between payment and spending."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.ledger.test_model import answer, assert_in_order

HISTORIES = 15
STEPS = 30


class Wallet:
    """A user who buys, gets, spends and gives back credits; the figures are what the wallet must come to."""

    def __init__(self, seed: int, connection: psycopg.Connection[Any]) -> None:
        self.user = f"user {seed}"
        self.random = random.Random(seed)
        self.connection = connection
        self.numbers = count()
        self.held = self.worth = 0
        self.purchases: dict[str, int] = {}
        self.spent: dict[str, int] = {}

    def new(self, what: str) -> str:
        return f"{self.user}: {what} {next(self.numbers)}"

    def post(self, recipe: str, *arguments: str | int) -> None:
        slots = [
            "tests.id(%s)" if str(argument).startswith(f"{self.user}: ") else "%s" for argument in arguments
        ]
        call = f"select ledger.{recipe}({', '.join(slots)}, now())"
        for _ in range(self.random.randint(1, 2)):
            self.connection.execute(call, arguments)

    def cost(self, quantity: int) -> int:
        """What so many credits cost on average, rounded half up."""
        return (2 * self.worth * quantity + self.held) // (2 * self.held)

    def step(self) -> None:
        self.random.choice(list(self.possible()))()

    def possible(self) -> Iterator[Callable[[], None]]:
        up_to = self.random.randint

        def buy() -> None:
            order, price, quantity = self.new("purchase"), up_to(1, 500), up_to(1, 3000)
            self.connection.execute(
                "select tests.create_paid_order(%s, %s, %s, city => 'ALL')", [order, f"{order} paid", price]
            )
            self.post("record_credits_sold", order, f"{order} paid", self.user, price, quantity)
            self.held += quantity
            self.worth += price
            self.purchases[order] = price

        def get() -> None:
            quantity = up_to(1, 300)
            self.post("record_credits_given", self.user, quantity, f"gift {self.new('')}")
            self.held += quantity

        def use() -> None:
            quantity = up_to(1, self.held)
            self.post("record_credits_used", self.user, quantity, f"usage {self.new('')}")
            self.worth -= self.cost(quantity)
            self.held -= quantity

        def spend() -> None:
            order, price, quantity = self.new("stay"), up_to(1, 500), up_to(1, self.held)
            self.connection.execute("select tests.create_order(%s, %s, %s)", [order, price, price // 7])
            self.connection.execute(
                "select tests.create_payment(%s, %s, 'credits')", [f"{order} paid", order]
            )
            self.post("record_credits_spent", order, f"{order} paid", self.user, quantity)
            self.connection.execute("select ledger.recognise_commission(tests.id(%s), now())", [order])
            self.worth -= self.cost(quantity)
            self.held -= quantity
            self.spent[order] = quantity

        def take_back() -> None:
            order = self.random.choice(list(self.spent))
            quantity = up_to(1, self.spent[order])
            before = self.books("credits_liability")
            self.post(
                "record_credits_spend_reversed",
                order,
                f"{order} paid",
                self.user,
                quantity,
                self.new("refund"),
            )
            self.held += quantity
            self.worth += self.books("credits_liability") - before
            self.spent[order] -= quantity
            if not self.spent[order]:
                del self.spent[order]
                assert self.connection.execute("select tests.balances(%s)", [order]).fetchone() == ({},)

        def give_back() -> None:
            order = self.random.choice(list(self.purchases))
            quantity, refund = up_to(1, self.held), self.new("refund")
            self.post("record_credits_returned", order, f"{order} paid", self.user, quantity, refund)
            self.worth -= self.cost(quantity)
            self.held -= quantity

        yield from (buy, get)
        if self.held:
            yield from (use, spend, spend)
        if self.held and self.purchases:
            yield give_back
        if self.spent:
            yield from (take_back, take_back)

    def books(self, account: str) -> int:
        """What the books owe this user on an account."""
        row = self.connection.execute(
            "select coalesce(sum(case direction when 'credit' then amount else -amount end), 0)::bigint"
            " from ledger.ledger_entries where account = %s::ledger.ledger_account and counterparty_id = %s",
            [account, self.user],
        ).fetchone()
        assert row is not None
        return int(row[0])


def test_wallets_keep_their_worth(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        for seed in range(HISTORIES):
            wallet = Wallet(seed, connection)
            for _ in range(STEPS):
                wallet.step()
                assert wallet.books("wallet") == wallet.held
                assert wallet.books("credits_liability") == wallet.worth
                assert wallet.held or not wallet.worth
        assert_in_order(connection)
        trial = answer(connection, "ledger.trial_balance()")
        assert {total["currency"] for total in trial["totals"]} == {"BRL", "CREDIT"}
