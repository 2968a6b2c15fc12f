"""Random lives of an order: customer, line, Stripe and worker act in any order, and news travel as they like.

In the end our payments say what Stripe's objects say, and the books say what the payments say.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value
from tests.payments.stripe_side import Json, Toy, ingest

HISTORIES = 12
STEPS = 40
FEE = 100
DISPUTE_FEE = 1500
METHODS = ("stripe_card", "stripe_pix")


@dataclass
class Stripe:
    """Stripe's own truth about one order: intents, refunds, disputes, and the events that are under way."""

    rng: random.Random
    name: str
    toys: dict[str, Toy] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    charges: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    under_way: list[Json] = field(default_factory=list)
    told: int = 0

    def tell(self, toy: Toy, kind: str, snapshot: Json) -> None:
        self.told += 1
        event = toy.event(self.told, kind, snapshot) | {"id": f"evt_{self.name}_{self.told}"}
        self.under_way += [event] * self.rng.choice((1, 1, 2))

    def open(self, payment_id: str) -> Toy:
        """The intent of a payment; asked again, the same."""
        if payment_id not in self.toys:
            toy = Toy(f"{self.name}_{len(self.toys)}", payment_id, with_metadata=self.rng.random() < 0.7)
            self.toys[payment_id] = toy
            self.states[toy.name] = "requires_payment_method"
            self.tell(toy, "payment_intent.created", toy.intent("requires_payment_method"))
        return self.toys[payment_id]

    def pay(self) -> None:
        """The customer tries one of the intents in the browser."""
        payable = [toy for toy in self.toys.values() if self.states[toy.name] == "requires_payment_method"]
        if not payable:
            return
        toy = self.rng.choice(payable)
        charge = f"ch_{self.told}"
        self.tell(toy, "payment_intent.processing", toy.intent("processing", charge))
        if self.rng.random() < 0.4:
            self.tell(toy, "payment_intent.payment_failed", toy.declined(charge, "lost_card"))
            return
        self.states[toy.name] = "succeeded"
        self.charges[toy.name] = f"{charge}_{toy.name}"
        self.tell(toy, "payment_intent.succeeded", toy.intent("succeeded", charge))
        self.tell(toy, "charge.updated", toy.charge(charge, "succeeded", "txn"))

    def settle(self) -> None:
        """A refund ends, or comes back after it had ended."""
        for refund in self.rng.sample(list(self.refunds.values()), len(self.refunds)):
            following = {"pending": ("succeeded", "failed"), "succeeded": ("failed",)}.get(
                refund["status"], ()
            )
            if following and self.rng.random() < (0.9 if refund["status"] == "pending" else 0.1):
                refund["status"] = self.rng.choice(following)
                kind = "refund.failed" if refund["status"] == "failed" else "refund.updated"
                self.tell(next(iter(self.toys.values())), kind, dict(refund))
                return

    def left(self, toy: Toy) -> int:
        """What neither a refund nor a dispute has taken of a paid intent."""
        taken = [refund for refund in self.refunds.values() if refund["status"] != "failed"]
        taken += [dispute for dispute in self.disputes.values() if dispute["status"] != "won"]
        return toy.amount - sum(
            int(each["amount"]) for each in taken if each["payment_intent"] == f"pi_{toy.name}"
        )

    def dispute(self) -> None:
        """A customer complains to the bank, which takes what is left, or half of it."""
        toys = [t for t in self.toys.values() if t.name in self.charges and t.name not in self.disputes]
        if not toys or not self.left(toys[0]):
            return
        amount = self.left(toys[0]) // self.rng.choice((1, 2))
        self.disputes[toys[0].name] = toys[0].dispute("needs_response", -amount, amount=amount)
        self.tell(toys[0], "charge.dispute.created", toys[0].dispute("needs_response", amount=amount))
        self.tell(toys[0], "charge.dispute.funds_withdrawn", self.disputes[toys[0].name])

    def judge(self) -> None:
        """The bank decides."""
        for name, dispute in self.disputes.items():
            if dispute["status"] == "needs_response":
                toy = next(toy for toy in self.toys.values() if toy.name == name)
                amount, status = dispute["amount"], self.rng.choice(("won", "lost"))
                moved = (-amount, amount) if status == "won" else (-amount,)
                self.disputes[name] = toy.dispute(status, *moved, amount=amount)
                self.tell(toy, "charge.dispute.closed", self.disputes[name])
                return

    def answer(self, topic: str, asked: Json) -> Json | None:
        """Carries out a command of ours, or refuses to refund what is disputed."""
        if topic == "payments.create_refund":
            toy = self.toys[asked["payment_id"]]
            refund_id = asked["refund_id"]
            if refund_id not in self.refunds:
                if self.disputes.get(toy.name, {"status": "won"})["status"] != "won":
                    return None
                refund = toy.refund("pending", asked["amount"], refund_id) | {"id": f"re_{refund_id}"}
                self.refunds[refund_id] = refund
                self.tell(toy, "refund.created", dict(refund))
            return dict(self.refunds[refund_id])
        if topic == "payments.cancel_payment_intent":
            toy = self.toys[asked["payment_id"]]
            if self.states[toy.name] == "requires_payment_method":
                self.states[toy.name] = "canceled"
                self.tell(toy, "payment_intent.canceled", toy.intent("canceled"))
            return toy.intent(self.states[toy.name]) | {"latest_charge": self.charges.get(toy.name)}
        kind, object_id = asked["object"], str(asked["id"])
        toy = next(toy for toy in self.toys.values() if object_id.endswith(f"_{toy.name}"))
        if kind == "charge":
            return toy.charge("", "succeeded", "txn") | {"id": object_id}
        return {
            "id": object_id,
            "object": kind,
            "type": "charge",
            "source": self.charges[toy.name],
            "fee": FEE,
            "currency": "brl",
            "created": 1_800_000_000,
        }


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
                record(connection, stripe, toy)
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


def record(connection: Connection, stripe: Stripe, toy: Toy) -> None:
    """What serve does with the answer to a created intent, which always has our metadata."""
    answer = Toy(toy.name, toy.payment_id).intent("requires_payment_method")
    query = "select payments.record_payment_intent(%s, %s::jsonb)"
    assert value(connection, query, toy.payment_id, json.dumps(answer))["payment_intent_id"] == answer["id"]


def work(connection: Connection, stripe: Stripe) -> bool:
    """A worker carries out one command, if one is due."""
    claimed = value(connection, "select core.claim_commands('worker', null, 1)")
    for command in claimed:
        answer = stripe.answer(command["topic"], command["payload"])
        report = "select core.complete_command(%s, %s, %s::jsonb)"
        if answer is None:
            answer = {"code": "charge_disputed"}
            report = "select core.fail_command(%s, %s, %s::jsonb, true, false)"
        receipt = value(connection, report, command["id"], command["claim_token"], json.dumps(answer))
        assert receipt["accepted"]
    return bool(claimed)


def come_to_rest(connection: Connection, stripe: Stripe) -> None:
    """Every intent is recorded, every event arrives, every command is carried out, all that is open ends."""
    for toy in stripe.toys.values():
        record(connection, stripe, toy)
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
