"""Stripe's side of transfers: what it was asked for, what it made, and what it tells of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tests.core.crowd import Connection, value

Json = dict[str, Any]


@dataclass
class Transfers:
    """Stripe's own truth: one transfer per command, however often it is asked."""

    made: dict[str, Json] = field(default_factory=dict)
    told: int = 0
    _lock: Lock = field(default_factory=Lock)

    def make(self, command: Json) -> Json:
        """The answer to a command."""
        asked = command["payload"]
        with self._lock:
            if command["id"] not in self.made:
                self.made[command["id"]] = {
                    "id": f"tr_{len(self.made)}",
                    "object": "transfer",
                    "amount": asked["amount"],
                    "amount_reversed": 0,
                    "currency": asked["currency"],
                    "destination": asked["destination"],
                    "metadata": {"payout_id": asked["payout_id"], "outbox_id": command["id"]},
                }
            return dict(self.made[command["id"]])

    def event(self, kind: str, transfer: Json) -> Json:
        with self._lock:
            self.told += 1
            number = self.told
        return {
            "id": f"evt_transfer_{number}",
            "type": kind,
            "created": 1_800_000_000 + number,
            "livemode": False,
            "data": {"object": dict(transfer)},
        }

    @property
    def sent(self) -> int:
        """What Stripe has sent and not taken back."""
        return sum(transfer["amount"] - transfer["amount_reversed"] for transfer in self.made.values())


def reversed_one(transfer: Json, amount: int | None = None) -> Json:
    """Taken back in full, or as far as an amount in minor units."""
    return {**transfer, "amount_reversed": transfer["amount"] if amount is None else amount}


def claim(connection: Connection, limit: int = 1) -> list[Json]:
    """Transfers that a worker has to make now."""
    query = "select api.claim_commands('worker', '{payments.create_transfer}', %s)"
    commands: list[Json] = value(connection, query, limit)
    return commands


def complete(connection: Connection, command: Json, transfer: Json) -> None:
    query = "select api.complete_command(%s, %s, %s::jsonb)"
    connection.execute(query, [command["id"], command["claim_token"], json.dumps(transfer)])


def create_payees(connection: Connection, *names: str) -> None:
    """Payees with accounts, who are paid as soon as something is due."""
    for name in names:
        connection.execute("select tests.create_payee(%s)", [name])
    connection.execute(
        "update payments.payees set stripe_account_id = 'acct_' || name, payouts_enabled = true"
    )
    connection.execute(
        """update core.settings set value = value || '{"frequency": "on_checkout"}'
           where key = 'payments.payout_schedule'"""
    )


def pay_out(connection: Connection) -> int:
    """Both jobs, each a transaction of its own; how many payouts they dealt with."""
    jobs = ("payments.draw_up_payouts", "payments.execute_payouts")
    return sum(value(connection, "select (api.tick(%s) ->> 'done')::int", job) for job in jobs)
