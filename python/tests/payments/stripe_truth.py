"""Stripe's own truth about one order, moved by chance, and the news of it that is still under way."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from tests.core.crowd import Connection, value
from tests.payments.stripe_side import Json, Toy

FEE = 100


@dataclass
class Stripe:
    """Stripe's own truth about one order: intents, refunds, disputes, and the events that are under way."""

    rng: random.Random
    name: str
    amount: int = 10000
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
            names_us = self.rng.random() < 0.7
            toy = Toy(f"{self.name}_{len(self.toys)}", payment_id, self.amount, with_metadata=names_us)
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


def record(connection: Connection, toy: Toy) -> None:
    """What serve does with the answer to a created intent, which always has our metadata."""
    answer = Toy(toy.name, toy.payment_id, toy.amount).intent("requires_payment_method")
    query = "select payments.record_payment_intent(%s, %s::jsonb)"
    assert value(connection, query, toy.payment_id, json.dumps(answer))["payment_intent_id"] == answer["id"]
