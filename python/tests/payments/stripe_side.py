"""What Stripe would say of the payments of toys (sql/tests/_setup/toys.sql), and what our tables say then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.core.crowd import Connection, value

Json = dict[str, Any]


@dataclass
class Toy:
    """One order and Stripe's objects of it; its ids are derived from the name."""

    name: str
    payment_id: str = ""
    amount: int = 10000
    with_metadata: bool = True

    def intent(self, status: str, charge: str | None = None, **more: Any) -> Json:
        """A snapshot of the payment intent."""
        metadata = {"payment_id": self.payment_id} if self.with_metadata else {}
        return {
            "id": f"pi_{self.name}",
            "object": "payment_intent",
            "status": status,
            "amount": self.amount,
            "amount_received": self.amount if status == "succeeded" else 0,
            "currency": "brl",
            "client_secret": "secret",
            "latest_charge": charge and f"{charge}_{self.name}",
            "customer": "cus_1",
            "payment_method": "pm_1",
            "metadata": metadata,
        } | more

    def declined(self, charge: str, code: str) -> Json:
        """A snapshot after a try that failed."""
        error = {
            "code": "card_declined",
            "decline_code": code,
            "charge": f"{charge}_{self.name}",
            "message": code,
        }
        return self.intent("requires_payment_method", charge, last_payment_error=error)

    def charge(self, charge: str, status: str, balance_transaction: str | None = None) -> Json:
        """A snapshot of a charge."""
        return {
            "id": f"{charge}_{self.name}",
            "object": "charge",
            "status": status,
            "amount": self.amount,
            "currency": "brl",
            "payment_intent": f"pi_{self.name}",
            "balance_transaction": balance_transaction and f"{balance_transaction}_{self.name}",
            "metadata": {},
        }

    def refund(self, status: str, amount: int, refund_id: str | None = None) -> Json:
        """A snapshot of a refund; with our refund_id it is one that we asked for."""
        return {
            "id": f"re_{self.name}",
            "object": "refund",
            "status": status,
            "amount": amount,
            "currency": "brl",
            "payment_intent": f"pi_{self.name}",
            "metadata": {"refund_id": refund_id} if refund_id else {},
        }

    def dispute(self, status: str, *moved: int, amount: int = 10000) -> Json:
        """A snapshot of a dispute; each amount moved is a balance transaction, negative where taken."""
        return {
            "id": f"du_{self.name}",
            "object": "dispute",
            "status": status,
            "amount": amount,
            "currency": "brl",
            "reason": "fraudulent",
            "created": 1_800_000_000,
            "evidence_details": {"due_by": 1_800_600_000},
            "charge": f"ch_1_{self.name}",
            "payment_intent": f"pi_{self.name}",
            "balance_transactions": [
                {
                    "id": f"txn_{'out' if amount < 0 else 'back'}_{self.name}",
                    "object": "balance_transaction",
                    "amount": amount,
                    "fee": 1500 if amount < 0 else 0,
                    "currency": "brl",
                    "created": 1_800_000_100,
                }
                for amount in moved
            ],
        }

    def session(self, status: str, payment_status: str, intent: bool = True) -> Json:
        """A snapshot of a Checkout session."""
        return {
            "id": f"cs_{self.name}",
            "object": "checkout.session",
            "status": status,
            "payment_status": payment_status,
            "amount_total": self.amount,
            "currency": "brl",
            "payment_intent": f"pi_{self.name}" if intent else None,
            "metadata": {"payment_id": self.payment_id},
        }

    def event(self, number: int, kind: str, snapshot: Json) -> Json:
        """An event; its number makes its id and its time."""
        return {
            "id": f"evt_{self.name}_{number}",
            "type": kind,
            "created": 1_800_000_000 + number,
            "livemode": False,
            "data": {"object": snapshot},
        }


def ingest(connection: Connection, event: Json) -> Json:
    """Brings in an event as the webhook receiver does."""
    answer: Json = value(connection, "select api.ingest_stripe_event(%s::jsonb)", json.dumps(event))
    return answer


def order(connection: Connection, name: str) -> Toy:
    """A toy, ordered and ready to be paid by card."""
    return Toy(name, str(value(connection, "select tests.start_toy(%s)", name)))


def paid(connection: Connection, name: str) -> Toy:
    """A toy, ordered and paid by card."""
    return Toy(name, str(value(connection, "select tests.pay_toy(%s)", name)))


ROWS = """
with belongs (kind, content) as (
  select 'order', to_jsonb(o) from payments.orders as o where o.id = %(booking)s
  union all select 'payment', to_jsonb(p) from payments.payments as p where p.booking_id = %(booking)s
  union all select 'attempt', to_jsonb(a) from payments.payment_attempts as a
    join payments.payments as p on p.id = a.payment_id where p.booking_id = %(booking)s
  union all select 'refund', to_jsonb(r) from payments.refunds as r where r.booking_id = %(booking)s
  union all select 'dispute', to_jsonb(d) from payments.disputes as d where d.booking_id = %(booking)s
  union all select 'event', to_jsonb(e) from payments.stripe_events as e
    where e.event_id like 'evt_' || %(name)s || '_%%'
  union all select 'command', to_jsonb(c) from core.outbox as c where c.booking_id = %(booking)s
  union all select 'exception', to_jsonb(x) from core.exceptions as x where x.booking_id = %(booking)s
  union all select 'sale', to_jsonb(s) from toys.sales as s where s.id = %(booking)s
  union all select 'transaction', to_jsonb(t) || jsonb_build_object('legs', (
      select jsonb_agg(leg order by leg) from tests.legs(t.id) as leg))
    from ledger.ledger_transactions as t where t.booking_id = %(booking)s
)
select kind, content from belongs
"""
VOLATILE = {"seq", "xid", "heard", "session_hash"}
MASKED = {"attempt": {"attempt_no"}}


def rows(connection: Connection, toy: Toy) -> list[str]:
    """Every row that belongs to a toy, in words that do not depend on when and under which ids it was made.

    What a line heard and how tries were numbered is the history of how it got there, as the audit log is:
    it is left out.
    """
    booking = value(connection, "select tests.id(%s)", toy.name)
    found = connection.execute(ROWS, {"booking": booking, "name": toy.name}).fetchall()
    names = {str(content["id"]): kind for kind, content in found if "id" in content}
    names[str(booking)] = "booking"

    def plain(kind: str, content: Json) -> str:
        kept = {
            key: field
            for key, field in content.items()
            if key not in VOLATILE | MASKED.get(kind, set()) and not key.endswith("_at") and field is not None
        }
        text = json.dumps({kind: kept}, sort_keys=True)
        for row_id, name in names.items():
            text = text.replace(row_id, name)
        return text.replace(toy.name, "toy")

    return sorted(plain(kind, content) for kind, content in found)
