"""A stay in the demo city, every step taken by hand, so that news and work come in the order a test wants."""

from __future__ import annotations

import itertools
import time
from typing import Any
from unittest.mock import patch

import httpx
import jwt
from typer.testing import CliRunner

from reserve_db.cli import app
from tests.story import JWT_SECRET, Guest, Marketplace

Postings = list[tuple[str, list[str]]]
AGENT = "user_agent"

_numbers = itertools.count()


class Town:
    """A running marketplace whose worker works when it is told to."""

    def __init__(self, market: Marketplace, dsn: str) -> None:
        self.market, self._dsn = market, dsn
        self.unit: dict[str, str] = market.value(
            "select jsonb_build_object('property_id', u.property_id, 'unit_id', u.id) "
            "from lodging.unit_map as u join lodging.properties_map as p on p.id = u.property_id "
            "join payments.payees as y on y.id = p.payee_id "
            "where u.room_type = 'suite' and y.payouts_enabled order by u.host_unit_id limit 1"
        )
        market.shorten("lodging.completion_hours", 0)
        schedule = market.value("select value from core.settings where key = 'payments.payout_schedule'")
        market.shorten("payments.payout_schedule", {**schedule, "frequency": "on_checkout"})
        market.rows(
            "insert into access.user_roles (user_id, role, city_code) values (%s, %s, 'URB') returning id",
            AGENT,
            "agent",
        )

    def stay(self, name: str = "Ana", like: Stay | None = None) -> Stay:
        """A guest for three nights that nobody else wants, or for the nights of another stay."""
        return Stay(self, Guest(name), like.first_night if like else 40 + 4 * (next(_numbers) % 19))

    def work(self, stripe_url: str | None = None) -> None:
        """Carries out every command, without waiting between the tries of one that fails."""
        while self.market.rows(
            "update core.outbox set next_attempt_at = now() where status = 'pending' "
            "and split_part(topic, '.', 1) in ('payments', 'lodging') returning id"
        ):
            self.try_once(stripe_url)

    def try_once(self, stripe_url: str | None = None) -> None:
        """Carries out what is due; with another address Stripe is not there."""
        environment = self.market.environment | ({"RESERVE_STRIPE_URL": stripe_url} if stripe_url else {})
        work = ["worker", "--once", "--jobs", "", "--dsn", self._dsn]
        with patch("reserve_db.logs.configure"):
            result = CliRunner().invoke(app, work, env=environment)
        assert result.exit_code == 0, result.output

    def hear(self) -> None:
        """Delivers what Stripe has to tell, and keeps back what comes after it."""
        self.market.stripe.release_webhooks()
        self.market.stripe.settle()
        self.market.stripe.hold_webhooks()

    def as_agent(self, function: str, body: dict[str, Any]) -> httpx.Response:
        claims = {"role": "authenticated", "sub": AGENT, "exp": int(time.time()) + 60}
        return self.market.post(function, body, jwt.encode(claims, JWT_SECRET, "HS256"))

    def pay_owners(self) -> None:
        """What is due today, as far as it is not held."""
        self.run("payments.draw_up_payouts")
        self.run("payments.execute_payouts")
        self.work()

    def run(self, job: str) -> None:
        self.market.call_as_system("tick", {"job": job})


class Stay:
    """What one guest does, and what is in our books and tables of it."""

    def __init__(self, town: Town, guest: Guest, first_night: int) -> None:
        self.town, self.market, self.guest = town, town.market, guest
        self.first_night = first_night
        self.check_in, self.check_out = self.market.rows(
            "select core.today('URB') + %s, core.today('URB') + %s", first_night, first_night + 3
        )[0]
        self._seen = 0

    def book(self) -> httpx.Response:
        traveler = {"first_name": self.guest.name, "email": f"{self.guest.name.lower()}@guest.example"}
        wish = {
            "city_code": "URB",
            "check_in": str(self.check_in),
            "check_out": str(self.check_out),
            "guests": {"adults": 2},
            "traveler": traveler,
        }
        answer = self.market.post(
            "create_booking_intent", {"session_id": self.guest.session_id, **self.town.unit, **wish}
        )
        if answer.status_code == 200:
            self.guest.intent = answer.json()["data"]
        return answer

    def pay(self, payment_method: str = "pm_card_visa") -> None:
        """With a card, in the browser. Stripe has not told us yet."""
        started = self.market.call("create_payment_intent_stripe", self.guest.mine)
        confirmed = self.market.stripe.confirm_in_browser(started["client_secret"], payment_method)
        assert confirmed.json()["status"] == "succeeded", confirmed.text

    def pay_too_late(self) -> None:
        """The guest pays in time, but the hold is gone before we hear of it."""
        assert self.book().status_code == 200
        self.pay()
        over = (
            "update lodging.booking_intents set expires_at = now() - interval '1 s' where id = %s returning 1"
        )
        self.market.rows(over, self.id)
        self.town.run("lodging.expire_holds")
        assert self.payment["status"] == "cancelled"

    def pay_twice(self) -> tuple[str, str]:
        """Card and Pix are both paid before either is known; Stripe's ids of both."""
        assert self.book().status_code == 200
        card = self.market.call("create_payment_intent_stripe", self.guest.mine)
        pix = self._turn_to_pix()
        assert [payment["status"] for payment in self.payments] == ["cancelled", "pending"]
        self.market.stripe.confirm_in_browser(card["client_secret"])
        self.market.stripe.confirm_in_browser(pix.client_secret, "pix")
        self.market.stripe.pay_pix(pix.id)
        self.town.hear()
        return card["payment_intent_id"], pix.id

    def _turn_to_pix(self) -> Any:
        """The card's payment intent is called off here, not at Stripe yet."""
        start = "select (payments.start_payment(%s, 'stripe_pix', %s)).id"
        payment_id = str(self.market.value(start, self.id, self.guest.session_id))
        intent = self.market.stripe.client().v1.payment_intents.create(
            {
                "amount": self.total,
                "currency": "brl",
                "allowed_payment_method_types": ["pix"],
                "metadata": {"payment_id": payment_id, "booking_id": self.id},
            }
        )
        recorded = {"payment_id": payment_id, "payment_intent": intent.to_dict(for_json=True)}
        self.market.call_as_system("record_payment_intent", recorded)
        return intent

    def confirm(self) -> None:
        """Booked, paid, and accepted by the Host; the postings of it are not told any more."""
        assert self.book().status_code == 200
        self.pay()
        self.town.hear()
        self.town.work()
        assert self.status == "confirmed"
        assert [kind for kind, _ in self.posted()] == ["payment_received", "commission_recognised"]

    def complete(self) -> None:
        """The guest comes, stays and goes; the owner's share is due."""
        for status in ("checkin_pending", "checked_in", "checked_out"):
            change = "update lodging.reservations set status = %s where id = %s returning 1"
            self.market.rows(change, status, self.id)
        self.town.run("lodging.complete_stays")
        assert self.status == "payout_pending"
        assert [kind for kind, _ in self.posted()] == ["owner_share_due"]

    def refund(self, amount: int | None = None, **more: Any) -> httpx.Response:
        """As an agent of the city."""
        wish = {"payment_id": self.payment["id"], "reason": "customer_request"}
        return self.town.as_agent("refund_payment", wish | ({"amount": amount} if amount else {}) | more)

    def dispute(self, **details: Any) -> str:
        """The guest complains to the bank; Stripe's id of the dispute."""
        dispute_id: str = self.market.stripe.open_dispute(self.payment["gateway_charge_id"], **details)["id"]
        return dispute_id

    @property
    def id(self) -> str:
        booking_id: str = self.guest.intent["booking_intent_id"]
        return booking_id

    @property
    def total(self) -> int:
        total: int = self.guest.intent["total_amount"]
        return total

    @property
    def status(self) -> str | None:
        """Of the reservation, or null while there is none."""
        found = self.market.rows("select status::text from lodging.reservations where id = %s", self.id)
        return found[0][0] if found else None

    @property
    def payment(self) -> dict[str, Any]:
        """The payment that paid for the stay."""
        [payment] = [each for each in self.payments if not each["is_surplus"]]
        return payment

    @property
    def payments(self) -> list[dict[str, Any]]:
        """In the order of their making."""
        query = "select to_jsonb(p) from payments.payments as p where booking_id = %s order by created_at, id"
        return [row[0] for row in self.market.rows(query, self.id)]

    @property
    def refunds(self) -> list[tuple[int, str]]:
        """Amount and status of each refund, in the order they were asked for."""
        query = (
            "select amount, status::text from payments.refunds where booking_id = %s order by requested_at"
        )
        return self.market.rows(query, self.id)

    @property
    def refund_ids(self) -> list[str]:
        """Stripe's."""
        query = "select gateway_refund_id from payments.refunds where booking_id = %s order by requested_at"
        return [row[0] for row in self.market.rows(query, self.id)]

    @property
    def cases(self) -> list[tuple[str, str | None]]:
        """What is or was before a person, and how it ended."""
        query = "select kind, resolution from core.exceptions where booking_id = %s order by opened_at, id"
        return self.market.rows(query, self.id)

    def posted(self) -> Postings:
        """Transactions since this was last asked, but for the fees of payments, which come when they like."""
        rows = self.market.rows(
            """
            select t.seq, t.type, array_agg(
              concat_ws(' ', e.direction, e.account, e.amount, e.entry_type) order by e.id)
            from ledger.ledger_transactions as t
            join ledger.ledger_entries as e on e.transaction_id = t.id
            where t.booking_id = %s and t.seq > %s and t.type <> 'gateway_fee' group by t.id order by t.seq
            """,
            self.id,
            self._seen,
        )
        self._seen = max([self._seen, *(row[0] for row in rows)])
        return [(row[1], row[2]) for row in rows]

    def balances(self) -> dict[str, int]:
        """Debits less credits of each account of the stay's books that are not zero."""
        rows = self.market.rows(
            """
            select account::text, sum(case direction when 'debit' then amount else -amount end)::bigint
            from ledger.ledger_entries where booking_id = %s group by account
            """,
            self.id,
        )
        return {account: balance for account, balance in rows if balance}

    def nights(self) -> list[tuple[int, int]]:
        """Held and sold, night by night."""
        return self.market.rows(
            "select temp_holds, bookings_count from lodging.availability_calendar "
            "where unit_id = %s and date >= %s and date < %s order by date",
            self.town.unit["unit_id"],
            self.check_in,
            self.check_out,
        )


def moves(entry_type: str, *steps: tuple[str, str, int]) -> list[str]:
    """The legs of amounts that move from the account debited to the account credited."""
    return [
        f"{direction} {account} {amount} {entry_type}"
        for debit, credit, amount in steps
        for direction, account in (("debit", debit), ("credit", credit))
    ]


def requested(amount: int, commission: int = 0, unpaid: int = 0, owed: int = 0) -> tuple[str, list[str]]:
    """A refund: the commission on it, then what the owner has or owes, then what goes to the customer."""
    sources = {"commission_revenue": commission, "payouts_receivable": unpaid, "owner_receivable": owed}
    collected = [(account, "customer_deposits", part) for account, part in sources.items() if part]
    return "refund_requested", [
        *moves("refund_reversal", *collected),
        *moves("refund_processed", ("customer_deposits", "refunds_payable", amount)),
    ]


def settled(amount: int) -> tuple[str, list[str]]:
    return "refund_settled", moves("refund_processed", ("refunds_payable", "cash_reserve", amount))


def share(part: int, whole: int, of: int) -> int:
    """Rounded half up."""
    return (2 * part * of + whole) // (2 * whole)
