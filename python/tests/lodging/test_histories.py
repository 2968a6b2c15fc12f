"""Random lives of a house: guests book, pay, cancel and complain; news come late and twice.

After every step the counters say what the rows say, and the books balance. At rest nothing is left of a stay
that has ended.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reserve_db.sqltest.bench import Bench, Clone
from tests.core.crowd import value
from tests.lodging.guests import assert_in_order, hold, overdue, refusal
from tests.payments.stripe_side import Json, ingest
from tests.payments.stripe_truth import Stripe, record
from tests.payouts.transfers import Transfers, complete, create_payees, reversed_one

UNITS = ("double", "family")
REFUSALS = {
    "AMOUNT_TOO_LARGE",
    "CANCELLATION_NOT_ALLOWED",
    "DISPUTE_OPEN",
    "IDEMPOTENCY_CONFLICT",
    "INSUFFICIENT_INVENTORY",
    "BOOKING_INTENT_EXPIRED",
    "INVALID_TRANSITION",
    "PAYMENT_ALREADY_PROCESSED",
    "RATE_LIMIT_EXCEEDED",
}
ILLEGAL_MOVES = """
select a.entity_type, a.metadata -> 'status'
from audit.audit_logs as a
where a.entity_type in (select machine from core.state_transitions)
  and jsonb_typeof(a.metadata -> 'status') = 'array'
  and not exists (
    select from core.state_transitions as t
    where t.machine = a.entity_type
      and t.from_state = a.metadata -> 'status' ->> 0 and t.to_state = a.metadata -> 'status' ->> 1)
"""
FAILED_REFUNDS = """
select id, (detail ->> 'refund_id')::uuid
from core.exceptions where kind = 'refund_failed' and resolved_at is null
"""
DEPOSITS_OF_ENDED = """
select r.status::text, ledger.booking_balance(r.id, 'customer_deposits')
from lodging.reservations as r
where r.status in ('cancelled', 'refunded', 'payout_pending', 'paid_out')
  and ledger.booking_balance(r.id, 'customer_deposits') <> 0
union all
select i.status::text, ledger.booking_balance(i.id, 'customer_deposits')
from lodging.booking_intents as i
where i.status in ('expired', 'cancelled') and ledger.booking_balance(i.id, 'customer_deposits') <> 0
"""
rngs = st.randoms(use_true_random=False)


@dataclass
class Guest:
    """One of many, with what Stripe knows of him."""

    name: str
    stripe: Stripe
    booking_id: str


@dataclass
class Outside:
    """Everybody who is not us."""

    guests: list[Guest] = field(default_factory=list)
    transfers: Transfers = field(default_factory=Transfers)
    transfer_news: list[Json] = field(default_factory=list)
    host_news: int = 0


class House(RuleBasedStateMachine):
    """The product on one side, guests, Host, Stripe, owner and staff on the other."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.cloned = self.bench.cloned()
        self.db: Clone = self.cloned.__enter__()
        self.connection = self.db.connect(autocommit=True)
        self.connection.execute("select tests.create_lodging()")
        create_payees(self.connection, "ana")
        self.connection.execute("update lodging.properties_map set payee_id = tests.id('ana')")
        self.connection.execute(
            "update core.settings set value = '0' where key in ('lodging.completion_hours')"
        )
        self.outside = Outside()

    # What may be asked of the product. A refusal is an answer.

    def ask(self, query: str, *parameters: object) -> str | None:
        refused = refusal(self.connection, query, *parameters)
        assert refused is None or refused in REFUSALS, refused
        return refused

    def guest(self, rng: random.Random, lately: float = 0) -> Guest:
        guest = self.outside.guests[-1] if rng.random() < lately else rng.choice(self.outside.guests)
        guest.stripe.rng = rng
        return guest

    @initialize(rng=rngs)
    def some_stay_already(self, rng: random.Random) -> None:
        """As many guests as there are rooms in the first nights: most of them have paid."""
        for _ in range(4):
            self.book(rng)
            self.pay(rng)
        self.hear_of_stripe(rng, 12)
        for _ in range(2):
            self.carry_out(1.0)

    @rule(rng=rngs)
    def book(self, rng: random.Random) -> None:
        name, unit = f"guest{len(self.outside.guests)}", rng.choice(UNITS)
        if hold(self.connection, name, unit, rng.randint(1, 6), rng.randint(1, 3)) is None:
            booking, total = self.connection.execute(
                "select (i).id, (i).total_amount from tests.intent(%s) as i", [name]
            ).fetchone() or ("", 0)
            self.outside.guests.append(Guest(name, Stripe(rng, name, total), str(booking)))

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs)
    def pay(self, rng: random.Random) -> None:
        """A guest, the last one mostly, opens the payment and tries a card or two, perhaps not at once."""
        guest = self.guest(rng, lately=0.6)
        start = "select lodging.create_payment_intent_stripe(%s, tests.session(%s), null, 'g@guest.example')"
        if self.ask(start, guest.booking_id, guest.name) is None:
            payment = value(self.connection, "select (tests.stay_payment(%s)).id", guest.name)
            toy = guest.stripe.open(str(payment))
            if rng.random() < 0.7:
                record(self.connection, toy)
        for _ in range(rng.randint(0, 2)):
            guest.stripe.pay()

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs, times=st.integers(1, 12))
    def hear_of_stripe(self, rng: random.Random, times: int) -> None:
        for _ in range(times):
            told = [guest.stripe.under_way for guest in self.outside.guests if guest.stripe.under_way]
            if told:
                under_way = rng.choice(told)
                ingest(self.connection, under_way.pop(rng.randrange(len(under_way))))

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs)
    def let_a_hold_run_out(self, rng: random.Random) -> None:
        guest = self.guest(rng)
        if value(self.connection, "select (tests.intent(%s)).holds_inventory", guest.name):
            overdue(self.connection, guest.name)

    @rule()
    def run_jobs(self) -> None:
        for job in value(self.connection, "select api.jobs()"):
            self.connection.execute("select api.tick(%s)", [job])

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs)
    def give_up_a_hold(self, rng: random.Random) -> None:
        guest = self.guest(rng)
        self.ask("select api.cancel_booking_intent(%s, tests.session(%s))", guest.booking_id, guest.name)

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs, force=st.booleans())
    def cancel(self, rng: random.Random, force: bool) -> None:
        guest = self.guest(rng)
        if value(self.connection, "select (tests.stay(%s)).id", guest.name):
            cancel = "select lodging.cancel_reservation(%s, tests.session(%s), 'customer_request', %s)"
            self.ask(cancel, guest.booking_id, guest.name, force)

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs, part=st.sampled_from([1, 3000, None]))
    def refund(self, rng: random.Random, part: int | None) -> None:
        guest = self.guest(rng)
        paid = "select p.id from payments.payments as p where booking_id = %s and amount_captured > 0"
        for (payment,) in self.connection.execute(paid, [guest.booking_id]).fetchall():
            refund = "select api.refund_payment(%s, null, %s, 'customer_request', null, %s)"
            self.ask(refund, payment, part, str(rng.random()))

    @precondition(lambda self: self.outside.guests)
    @rule(rng=rngs, what=st.sampled_from(["settle", "dispute", "judge"]))
    def the_bank_moves(self, rng: random.Random, what: str) -> None:
        charged = [guest.stripe for guest in self.outside.guests if guest.stripe.charges]
        if charged:
            stripe = rng.choice(charged)
            stripe.rng = rng
            getattr(stripe, what)()

    @precondition(lambda self: self.outside.guests)
    @rule(
        rng=rngs,
        event=st.sampled_from(
            [
                "checkin.completed",
                "booking.checkout_completed",
                "booking.checkout_completed",
                "booking.cancelled",
            ]
        ),
    )
    def hear_of_the_host(self, rng: random.Random, event: str) -> None:
        booked = self.connection.execute(
            "select host_booking_id, id::text from lodging.reservations where host_booking_id is not null"
        ).fetchall()
        if booked:
            host_booking_id, reservation_id = rng.choice(sorted(booked))
            self.outside.host_news += 1
            facts = {"host_booking_id": host_booking_id, "reservation_id": reservation_id}
            webhook = [event, json.dumps(facts), f"host_news_{self.outside.host_news}"]
            for _ in range(rng.choice((1, 2))):
                tell = "select api.host_webhook_receiver(%s, now(), %s::jsonb, 'v1=', %s)"
                self.connection.execute(tell, webhook)

    @rule(unit=st.sampled_from(UNITS), night=st.integers(1, 8), allotment=st.integers(0, 3))
    def synchronise(self, unit: str, night: int, allotment: int) -> None:
        """The Host has another number of rooms."""
        with self.connection.transaction():
            self.connection.execute("select lodging.lock_unit(tests.id(%s))", [unit])
            self.connection.execute(
                """
                update lodging.availability_calendar
                set allotment = %(allotment)s,
                  overcommitted = greatest(0, bookings_count + temp_holds - %(allotment)s)
                where unit_id = tests.id(%(unit)s) and date = tests.night(%(night)s)
                """,
                {"allotment": allotment, "unit": unit, "night": night},
            )

    @rule(rng=rngs, times=st.integers(1, 6))
    def work(self, rng: random.Random, times: int) -> None:
        for _ in range(times):
            self.carry_out(rng.random())

    @rule(rng=rngs)
    def take_back_a_transfer(self, rng: random.Random) -> None:
        made = self.outside.transfers.made
        standing = [key for key, each in made.items() if not each["amount_reversed"]]
        if standing:
            key = rng.choice(standing)
            made[key] = reversed_one(made[key])
            ingest(self.connection, self.outside.transfers.event("transfer.reversed", made[key]))

    def carry_out(self, luck: float) -> bool:
        """A worker carries out one command: it succeeds, is refused, or has no answer."""
        self.connection.execute(
            "update core.outbox set next_attempt_at = core.now() where status = 'pending'"
        )
        claimed = value(self.connection, "select core.claim_commands('worker', null, 1)")
        for command in claimed:
            answer = self.answer(command, luck)
            if answer is None:
                self.fail(command, {"code": "NO_ANSWER"}, answered=False, retry=True)
            elif "code" in answer:
                self.fail(command, answer, answered=True, retry=False)
            else:
                complete(self.connection, command, answer)
        return bool(claimed)

    def fail(self, command: Json, error: Json, *, answered: bool, retry: bool) -> None:
        report = "select core.fail_command(%s, %s, %s::jsonb, %s, %s)"
        self.connection.execute(
            report, [command["id"], command["claim_token"], json.dumps(error), answered, retry]
        )

    def answer(self, command: Json, luck: float) -> Json | None:
        """What the outside says; an object with a code is a refusal."""
        topic, asked = command["topic"], command["payload"]
        if topic == "lodging.commit_booking":
            if luck < 0.3:
                return None if luck < 0.15 else {"code": "no_availability"}
            return {"host_booking_id": f"hb_{asked['reservation_id']}"}
        if topic == "payments.create_transfer":
            if luck < 0.2:
                return {"code": "account_invalid", "http_status": 400}
            return self.outside.transfers.make(command)
        if topic.startswith("payments."):
            about = str(asked.get("payment_id") or asked.get("id"))
            [stripe] = [
                guest.stripe
                for guest in self.outside.guests
                if about in guest.stripe.toys
                or any(about.endswith(f"_{t.name}") for t in guest.stripe.toys.values())
            ]
            return stripe.answer(topic, asked) or {"code": "charge_disputed", "http_status": 400}
        return {}

    @invariant()
    def counters_and_books_are_true(self) -> None:
        assert_in_order(self.connection)

    def teardown(self) -> None:
        try:
            self.come_to_rest()
            self.check_what_is_left()
        finally:
            self.connection.close()
            self.cloned.__exit__(None, None, None)

    def come_to_rest(self) -> None:
        """All news arrive, all that is open is decided, commands are carried out, staff try again."""
        rng = random.Random(0)
        for guest in self.outside.guests:
            guest.stripe.rng = rng
            for toy in guest.stripe.toys.values():
                record(self.connection, toy)
            if value(self.connection, "select (tests.intent(%s)).holds_inventory", guest.name):
                overdue(self.connection, guest.name)
        for _ in range(20):
            busy = False
            for guest in self.outside.guests:
                if guest.stripe.toys:
                    guest.stripe.settle_all()
                    guest.stripe.judge()
                while guest.stripe.under_way:
                    ingest(self.connection, guest.stripe.under_way.pop())
                    busy = True
            while self.carry_out(1.0):
                busy = True
            failed = "select id from payments.payouts where status = 'failed'"
            for (payout,) in self.connection.execute(failed).fetchall():
                self.connection.execute("select api.retry_payout(%s)", [payout])
            for case, refund in self.connection.execute(FAILED_REFUNDS).fetchall():
                if self.ask("select api.retry_refund(%s)", refund):
                    self.ask("select api.resolve_exception(%s, 'nothing is left of the payment')", case)
                busy = True
            self.run_jobs()
            if not busy and not self.carry_out(1.0):
                return
        raise AssertionError("it does not come to rest")

    def check_what_is_left(self) -> None:
        assert_in_order(self.connection)
        for query in (ILLEGAL_MOVES, DEPOSITS_OF_ENDED):
            assert self.connection.execute(query.encode()).fetchall() == []
        undone = (
            "select topic, status::text from core.outbox where status not in ('done', 'dead', 'cancelled')"
        )
        assert self.connection.execute(undone).fetchall() == []
        assert (
            value(self.connection, "select count(*) from lodging.booking_intents where holds_inventory") == 0
        )
        for guest in self.outside.guests:
            paid = sum(state == "succeeded" for state in guest.stripe.states.values())
            stay: Any = value(self.connection, "select (tests.stay(%s)).status::text", guest.name)
            given_back = guest.stripe.given_back
            assert stay is not None or given_back == paid * guest.stripe.amount, guest


def test_a_house_comes_to_rest(bench: Bench) -> None:
    class Here(House):
        pass

    Here.bench = bench
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
