"""Random lives of payees: sales, refunds, disputes, transfers that fail, are lost, come back.

Nobody is paid twice or too little.
"""

from __future__ import annotations

import json
import random

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value
from tests.payments.stripe_side import Toy, ingest
from tests.payouts.transfers import Transfers, claim, complete, create_payees, pay_out, reversed_one

HISTORIES = 8
STEPS = 60
PAYEES = ("ana", "bia")
FAILED = "select id from payments.payouts where status = 'failed' order by id limit 1"

PARTLY_BACK = """
    select (detail ->> 'payout_id')::uuid from core.exceptions as x
    join payments.payouts as p on p.id = (detail ->> 'payout_id')::uuid and p.status = 'completed'
    where kind = 'payout_partly_reversed' and resolved_at is null
      and (payments.payout_share(p.booking_id, p.recipient_id)).net > 0
    limit 1
"""


class History:
    """Stripe and our database, driven apart and together by chance."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self.connection = connection
        self.rng = random.Random(seed)
        self.stripe = Transfers()
        self.toys: list[Toy] = []
        self.disputed: dict[str, Toy] = {}
        create_payees(connection, *PAYEES)

    def step(self) -> None:
        acts = [self.sell, self.sell, self.refund, self.dispute, self.judge, self.work, self.work]
        self.rng.choice([*acts, self.pay_out, self.pay_out, self.take_back, self.retry, self.by_hand])()

    def sell(self) -> None:
        name, amount = f"toy{len(self.toys)}", self.rng.randint(100, 10_000)
        payee, other = self.rng.choice([*((payee, None) for payee in PAYEES), PAYEES])
        self.connection.execute("select tests.owe(%s, %s, %s, %s)", [name, payee, amount, other])
        payment = str(value(self.connection, "select (tests.payment_of(%s)).id", name))
        self.toys.append(Toy(name, payment, amount))

    def refund(self) -> None:
        if not self.toys:
            return
        toy = self.rng.choice(self.toys)
        left = value(
            self.connection,
            "select amount_captured - refund_amount - lost_amount from payments.payments where id = %s",
            toy.payment_id,
        )
        is_disputed = value(self.connection, "select payments.is_disputed(%s)", toy.payment_id)
        if left and not is_disputed:
            query = "select payments.request_refund(%s, %s, 'customer_request', null, %s, null)"
            self.connection.execute(
                query, [toy.payment_id, self.rng.randint(1, left), str(self.rng.random())]
            )

    def dispute(self) -> None:
        free = [
            toy
            for toy in self.toys
            if toy.name not in self.disputed
            and not value(
                self.connection, "select refund_amount from payments.payments where id = %s", toy.payment_id
            )
        ]
        if free:
            toy = self.rng.choice(free)
            self.disputed[toy.name] = toy
            dispute = toy.dispute("needs_response", -toy.amount, amount=toy.amount)
            self.tell(toy, "charge.dispute.funds_withdrawn", dispute)

    def judge(self) -> None:
        for toy in self.disputed.values():
            query = "select count(*) from payments.disputes where payment_id = %s and status = 'open'"
            if value(self.connection, query, toy.payment_id):
                status = self.rng.choice(("won", "lost"))
                moved = (-toy.amount, toy.amount) if status == "won" else (-toy.amount,)
                self.tell(toy, "charge.dispute.closed", toy.dispute(status, *moved, amount=toy.amount))
                return

    def tell(self, toy: Toy, kind: str, snapshot: dict[str, object]) -> None:
        self.stripe.told += 1
        assert ingest(self.connection, toy.event(self.stripe.told, kind, snapshot))["status"] == "processed"

    def pay_out(self) -> None:
        pay_out(self.connection)

    def work(self, luck: float | None = None) -> None:
        """A transfer is made, refused, or its answer is lost and only the event is heard."""
        for command in claim(self.connection):
            luck = self.rng.random() if luck is None else luck
            if luck < 0.2:
                self.fail(command, {"code": "account_invalid", "http_status": 400}, answered=True)
            elif luck < 0.4:
                transfer = self.stripe.make(command)
                self.fail(command, {"code": "NO_ANSWER"}, answered=False)
                ingest(self.connection, self.stripe.event("transfer.created", transfer))
            else:
                complete(self.connection, command, self.stripe.make(command))

    def fail(self, command: dict[str, object], error: dict[str, object], *, answered: bool) -> None:
        query = "select api.fail_command(%s, %s, %s::jsonb, %s, false)"
        values = [command["id"], command["claim_token"], json.dumps(error), answered]
        self.connection.execute(query, values)

    def take_back(self) -> None:
        standing = [key for key, each in self.stripe.made.items() if each["amount_reversed"] < each["amount"]]
        if standing:
            key = self.rng.choice(standing)
            transfer = self.stripe.made[key]
            amount = self.rng.choice(
                (transfer["amount"], self.rng.randint(transfer["amount_reversed"] + 1, transfer["amount"]))
            )
            self.stripe.made[key] = reversed_one(transfer, amount)
            ingest(self.connection, self.stripe.event("transfer.reversed", self.stripe.made[key]))

    def retry(self) -> None:
        for query in (FAILED, PARTLY_BACK):
            for (payout,) in self.connection.execute(query).fetchall():
                self.connection.execute("select api.retry_payout(%s)", [payout])

    def by_hand(self) -> None:
        for (payout,) in self.connection.execute(FAILED).fetchall():
            self.connection.execute("select api.mark_payout_paid(%s, 'TED 1')", [payout])

    def drain(self) -> None:
        """Every dispute is decided, every payout made."""
        for _ in self.disputed:
            self.judge()
        while True:
            self.retry()
            if not pay_out(self.connection) and not claim_and_make(self):
                return


def claim_and_make(history: History) -> bool:
    commands = claim(history.connection, 100)
    for command in commands:
        complete(history.connection, command, history.stripe.make(command))
    return bool(commands)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_what_is_due_is_paid_and_no_more(db: Clone, seed: int) -> None:
    with db.connect(autocommit=True) as connection:
        history = History(connection, seed)
        for _ in range(STEPS):
            history.step()
            assert value(connection, "select ledger.verify() -> 'violations'") == []
        history.drain()

        assert value(connection, "select ledger.verify() -> 'violations'") == []
        open_payouts = "select count(*) from payments.payouts where status not in ('completed', 'cancelled')"
        assert value(connection, open_payouts) == 0
        for account in ("customer_deposits", "payouts_receivable"):
            query = "select coalesce(sum(abs(ledger.booking_balance(id, %s))), 0) from payments.orders"
            assert value(connection, query, account) == 0, account
        by_hand = (
            "select coalesce(sum(net_amount - set_off_amount), 0) from payments.payouts "
            "where status = 'completed' and gateway_transfer_id is null"
        )
        paid = (
            "select coalesce(sum(case direction when 'credit' then amount else -amount end), 0) "
            "from ledger.ledger_entries where entry_type = 'payout_executed' and account = 'cash_reserve'"
        )
        assert value(connection, paid) == history.stripe.sent + value(connection, by_hand)
