"""One stay from search to payout, over HTTP: told by the demo, and checked posting by posting by a test.

`Marketplace` is everything that runs around a deployed database; `Story` is what its guests do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
import jwt
import psycopg
from psycopg.types.json import Jsonb

from reserve_db.servers import unused_port
from tests.standins import mercadopago_server, openpix_server
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.standins.mercadopago_server import MercadoPagoStandIn
from tests.standins.openpix_server import OpenPixStandIn
from tests.standins.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn

DEMO_CITY = Path(__file__).with_name("demo_city.sql")
JWT_SECRET = "the demonstration's own secret, known to everybody"
PATIENCE_SECONDS = 30.0
SHORT_HOLD_SECONDS = 3


@dataclass
class Guest:
    """Somebody without an account: the session id is the only proof of being oneself."""

    name: str
    session_id: str = field(default_factory=lambda: uuid4().hex)
    intent: dict[str, Any] = field(default_factory=dict)

    @property
    def mine(self) -> dict[str, str]:
        """What proves and names the booking in every later call."""
        return {"booking_intent_id": self.intent["booking_intent_id"], "session_id": self.session_id}


@contextmanager
def program(arguments: list[str], log: Path, **environment: str) -> Iterator[None]:
    """`reserve-db …` as a process of its own, ended by SIGTERM."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RESERVE_")}
    command = [str(Path(sys.executable).with_name("reserve-db")), *arguments]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**own, **environment})
    try:
        yield
    finally:
        process.terminate()
        status = process.wait(PATIENCE_SECONDS)
    if status != 0:
        raise RuntimeError(f"{' '.join(arguments[:1])} ended with {status}:\n{log.read_text()}")


class Marketplace:
    """The demo city's database with `serve`, a worker, Stripe and the Host around it."""

    def __init__(self, dsn: str, folder: Path, pix: bool = False) -> None:
        """With `pix`, Mercado Pago and OpenPix are there as well."""
        self._dsn = dsn
        self._pix = pix
        self._folder = folder
        self._stack = ExitStack()
        self._environment = {
            "RESERVE_JWT_SECRET": JWT_SECRET,
            "RESERVE_STRIPE_API_KEY": SECRET_KEY,
            "RESERVE_STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "RESERVE_HOST_API_KEY": API_KEY,
            "RESERVE_HOST_SECRETS": SECRET,
        }

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self._connection = starting.enter_context(psycopg.connect(self._dsn, autocommit=True))
            self._connection.execute(DEMO_CITY.read_bytes())
            self.host = starting.enter_context(HostStandIn())
            for unit in self.rows(
                "select p.host_property_id, u.host_unit_id, max(c.allotment) from lodging.unit_map as u "
                "join lodging.properties_map as p on p.id = u.property_id "
                "join lodging.availability_calendar as c on c.unit_id = u.id group by 1, 2"
            ):
                self.host.add_unit(*unit)
            self.stripe = starting.enter_context(StripeStandIn())
            for (account,) in self.rows(
                "select stripe_account_id from payments.payees where payouts_enabled order by 1"
            ):
                self.stripe.add_account(account)
            self._environment |= {"RESERVE_STRIPE_URL": self.stripe.url, "RESERVE_HOST_URL": self.host.url}
            if self._pix:
                self.mercadopago = starting.enter_context(MercadoPagoStandIn())
                self.openpix = starting.enter_context(OpenPixStandIn())
                self._environment |= {
                    "RESERVE_MERCADOPAGO_ACCESS_TOKEN": mercadopago_server.ACCESS_TOKEN,
                    "RESERVE_MERCADOPAGO_WEBHOOK_SECRETS": mercadopago_server.WEBHOOK_SECRET,
                    "RESERVE_MERCADOPAGO_URL": self.mercadopago.url,
                    "RESERVE_OPENPIX_APP_ID": openpix_server.APP_ID,
                    "RESERVE_OPENPIX_WEBHOOK_SECRETS": openpix_server.WEBHOOK_SECRET,
                    "RESERVE_OPENPIX_URL": self.openpix.url,
                }
            port = unused_port()
            self.url = f"http://127.0.0.1:{port}"
            self.http = starting.enter_context(httpx.Client(base_url=self.url, timeout=30, trust_env=False))
            starting.enter_context(self._program("serve", "--port", str(port)))
            wait_until(self._is_ready)
            self.stripe.configure(webhook_url=f"{self.url}/webhooks/stripe")
            self.stripe.hold_webhooks()
            self.host.configure(webhook_url=f"{self.url}/webhooks/host")
            self.host.hold_webhooks()
            if self._pix:
                for standin, name in ((self.mercadopago, "mercadopago"), (self.openpix, "openpix")):
                    standin.configure(webhook_url=f"{self.url}/webhooks/{name}")
                    standin.hold_webhooks()
            self._stack = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            for log in self._folder.glob("*.log"):
                error.add_note(f"{log.name}:\n{log.read_text()}")
        self._stack.close()

    @property
    def environment(self) -> dict[str, str]:
        """What the programs are told of the providers."""
        return self._environment

    def start_worker(self) -> None:
        """From here on, commands are carried out and jobs run."""
        self._worker = self._stack.enter_context(ExitStack())
        self._worker.enter_context(self._program("worker"))

    def stop_worker(self) -> None:
        self._worker.close()

    def post(self, function: str, body: dict[str, Any], bearer: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.http.post(f"/functions/v1/{function}", json=body, headers=headers)

    def call(self, function: str, body: dict[str, Any], bearer: str | None = None) -> Any:
        """The data of an answer that must succeed."""
        response = self.post(function, body, bearer)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def call_as_system(self, function: str, body: dict[str, Any]) -> Any:
        claims = {"role": "service_role", "exp": int(time.time()) + 60}
        return self.call(function, body, jwt.encode(claims, JWT_SECRET, "HS256"))

    def rows(self, query: str, *values: Any) -> list[Any]:
        """A look into the database, as its operator has it."""
        return self._connection.execute(query.encode(), values).fetchall()

    def shorten(self, setting: str, value: Any) -> None:
        """Changes what the product may wait for: a key of a setting's object, or the whole of it."""
        self.rows("update core.settings set value = %s where key = %s returning 1", Jsonb(value), setting)

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def _program(self, name: str, *arguments: str) -> Any:
        log = self._folder / f"{name}.log"
        return program([name, "--dsn", self._dsn, *arguments], log, **self._environment)

    def _is_ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


class Story:
    """Three guests and a few nights; each chapter returns what can be told of it."""

    def __init__(self, marketplace: Marketplace) -> None:
        self.market = marketplace
        self.ana, self.bruno, self.carla = Guest("Ana"), Guest("Bruno"), Guest("Carla")
        self.check_in, self.check_out = marketplace.rows(
            "select core.today('URB') + 30, core.today('URB') + 33"
        )[0]

    def chapters(self) -> list[tuple[str, Callable[[], list[str]]]]:
        """Titles and tellers, in order."""
        return [
            ("Ana and Bruno search", self.search),
            ("Both book the last room at the same moment", self.race),
            ("The winner says who travels", self.name_the_traveler),
            ("The winner pays by card", self.pay),
            ("Stripe reports the payment: forged, out of order, late, twice", self.hear_of_the_payment),
            ("The worker books the stay at the Host", self.commit_to_the_host),
            ("Carla holds other nights, and lets the hold run out", self.let_a_hold_expire),
            ("The Host tells of the arrival and the departure", self.stay),
            ("The owner is paid", self.pay_the_owner),
            ("The books", self.balance_the_books),
        ]

    def search(self) -> list[str]:
        found = self.market.call("search_availability", self._search_for(self.check_in, self.check_out))
        for card in found["properties"]:
            page = {"property_slug": card["slug"], "city_code": "URB"}
            detail = self.market.call("get_property_detail", page)
            suites = [unit for unit in detail["unit_types"] if unit["room_type"] == "suite"]
            if suites:
                self.property, self.unit = card, suites[0]
                break
        return [
            f"{found['pagination']['total']} properties are free from {self.check_in} to {self.check_out}.",
            f"{self.property['name']} (rated {self.property['rating']}) has one {self.unit['name']}.",
        ]

    def race(self) -> list[str]:
        guests = [self.ana, self.bruno]
        with ThreadPoolExecutor(len(guests)) as pool:
            answers = list(pool.map(lambda guest: self.book(guest, self.check_in, self.check_out), guests))
        [won] = [i for i, answer in enumerate(answers) if answer.status_code == 200]
        self.winner, self.loser = guests[won], guests[1 - won]
        self.winner.intent = answers[won].json()["data"]
        self.refusal = answers[1 - won]
        price = money(self.winner.intent["total_amount"], self.winner.intent["currency"])
        error = self.refusal.json()["error"]
        return [
            f"{self.winner.name} gets it: {price}, held until {self.winner.intent['expires_at'][:16]} UTC.",
            f"{self.loser.name} is told {self.refusal.status_code} {error['code']}: {error['message']}",
        ]

    def name_the_traveler(self) -> list[str]:
        traveler = {
            "first_name": self.winner.name,
            "last_name": "Souza",
            "email": f"{self.winner.name.lower()}@guest.example",
            "phone": "+55 48 99999 0000",
        }
        self.market.call("update_traveler_details", {**self.winner.mine, "traveler": traveler})
        return [f"{traveler['first_name']} {traveler['last_name']}, {traveler['email']}."]

    def pay(self) -> list[str]:
        start = {**self.winner.mine, "customer_email": f"{self.winner.name.lower()}@guest.example"}
        self.payment = self.market.call("create_payment_intent_stripe", start)
        again = self.market.call("create_payment_intent_stripe", start)
        assert again == self.payment
        confirmed = self.market.stripe.confirm_in_browser(self.payment["client_secret"])
        assert confirmed.json()["status"] == "succeeded", confirmed.text
        self.waiting = self.market.post("poll_payment_status", self.winner.mine)
        return [
            f"{self.payment['payment_intent_id']} is {self.payment['status']}; asking twice opens one.",
            "The browser confirms it with Stripe, and the money is taken.",
            f"We do not know yet: {self.waiting.json()['data']['status']}, "
            f"ask again in {self.waiting.headers['retry-after']} s.",
        ]

    def hear_of_the_payment(self) -> list[str]:
        stripe = self.market.stripe
        ids = {event["type"]: event["id"] for event in stripe.events()}
        success, others = ids.pop("payment_intent.succeeded"), list(reversed(ids.values()))
        self.forged = stripe.deliver(success, secrets=["whsec_somebody_else"])[0]["status"]
        early = [attempt["status"] for attempt in stripe.deliver(*others)]
        late = stripe.deliver(success, signed_seconds_ago=200)[0]["status"]
        twice = [attempt["status"] for attempt in stripe.deliver(success, times=2, at_once=True)]
        self.deliveries = [*early, late, *twice]
        status = self.market.call("poll_payment_status", self.winner.mine)
        self.reservation = self._reservation()
        return [
            f"With a forged signature: {self.forged}. Nothing is stored.",
            f"{', '.join(reversed(ids))}, last first: {early}.",
            f"payment_intent.succeeded, 200 s late: {late}; twice more at once: {twice}.",
            f"The guest polls: {status['status']}, payment {status['payment_status']}. Reservation "
            f"{self.reservation['confirmation_code']} is {self.reservation['status']}.",
        ]

    def commit_to_the_host(self) -> list[str]:
        self.market.host.inject("error", method="POST", path="/bookings", status=503)
        self.market.start_worker()
        wait_until(lambda: self._reservation()["status"] == "confirmed" and self._commands_are_done())
        self.reservation = self._reservation()
        [self.host_booking] = self.market.host.bookings()
        return [
            "The Host is out of order at first (503); the worker tries again a second later.",
            f"The Host booked it as {self.reservation['host_booking_id']} for "
            f"{self.host_booking['guest']['first_name']} {self.host_booking['guest']['last_name']}.",
            f"Reservation {self.reservation['confirmation_code']} is {self.reservation['status']}; "
            "the commission is earned.",
        ]

    def let_a_hold_expire(self) -> list[str]:
        holds = self.market.value("select value from core.settings where key = 'lodging.hold_seconds'")
        self.market.shorten("lodging.hold_seconds", {**holds, "intent": SHORT_HOLD_SECONDS})
        nights = self.market.rows("select %s::date + 7, %s::date + 7", self.check_in, self.check_out)[0]
        self.free_before = self._free_suites(*nights)
        answer = self.book(self.carla, *nights)
        assert answer.status_code == 200, answer.text
        self.carla.intent = answer.json()["data"]
        self.free_meanwhile = self._free_suites(*nights)
        began = time.monotonic()
        wait_until(lambda: self._status_of(self.carla) == "expired")
        self.market.shorten("lodging.hold_seconds", holds)
        self.free_after = self._free_suites(*nights)
        return [
            f"The suite is free on {self.free_before} of {self.free_after} nights before, "
            f"on {self.free_meanwhile} while Carla holds it.",
            f"After {time.monotonic() - began:.0f} s her hold is expired, and it is free on "
            f"{self.free_after} nights again.",
        ]

    def stay(self) -> list[str]:
        host, booking = self.market.host, self.reservation["host_booking_id"]
        host.check_in(booking)
        host.check_out(booking, event_type="booking.checkout_completed")
        arrival, departure = (webhook["id"] for webhook in host.deliveries())
        self.forged = host.deliver(departure, secrets=["host_secret_of_somebody_else"])[0]["status"]
        heard = [attempt["status"] for attempt in host.deliver(arrival, arrival, departure)]
        host.drop_webhooks([arrival, departure])
        self.reservation = self._reservation()
        return [
            f"With a forged signature: {self.forged}. Nothing is stored.",
            f"The arrival, twice, and the departure, in the Host's other spelling: {heard}.",
            f"Reservation {self.reservation['confirmation_code']} is {self.reservation['status']}.",
        ]

    def pay_the_owner(self) -> list[str]:
        schedule = self.market.value("select value from core.settings where key = 'payments.payout_schedule'")
        self.market.stripe.inject("close", method="POST", path="/v1/transfers", executes=True)
        self.market.shorten("payments.payout_schedule", {**schedule, "frequency": "on_checkout"})
        self.market.shorten("lodging.completion_hours", 0)
        wait_until(lambda: self._reservation()["status"] == "paid_out" and self._commands_are_done())
        self.reservation = self._reservation()
        self.payout, self.batch = self.market.rows(
            "select to_jsonb(p), to_jsonb(b) from payments.payouts as p "
            "join payments.payout_batches as b on b.id = p.payout_batch_id where p.booking_id = %s",
            self.reservation["id"],
        )[0]
        [told] = self.market.stripe.events("transfer.created")
        again = [attempt["status"] for attempt in self.market.stripe.deliver(told["id"], times=2)]
        currency = self.payout["currency"]
        gross, commission, net = (
            money(self.payout[f"{part}_amount"], currency) for part in ("gross", "commission", "net")
        )
        return [
            "A day after check-out (no time at all here) the stay is completed and the owner's share due.",
            "Owners are paid on Mondays, or as their schedule says (here: at once), in a batch per city: "
            f"{self.batch['batch_number']}.",
            f"{self.payout['recipient_name']} gets {gross} less {commission} commission: {net}.",
            "Stripe's answer to the transfer is lost; asked again with the same key it makes no other.",
            f"{self.payout['gateway_transfer_id']} is reported twice: {again}. "
            f"The reservation is {self.reservation['status']}.",
        ]

    def balance_the_books(self) -> list[str]:
        self.deposits_of_ended = self.market.value(
            "select coalesce(sum(abs(ledger.booking_balance(i.id, 'customer_deposits'))), 0)::int "
            "from lodging.booking_intents as i left join lodging.reservations as r on r.id = i.id "
            "where i.status in ('expired', 'cancelled') "
            "or r.status in ('cancelled', 'refunded', 'completed', 'payout_pending', 'paid_out')"
        )
        self.trial_balance = self.market.call_as_system("trial_balance", {"city_code": "URB"})
        lines = [f"{'':26}{'debits':>16}{'credits':>16}{'balance':>16}"]
        for row in [*self.trial_balance["accounts"], *self.trial_balance["totals"]]:
            amounts = [row["debits"], row["credits"], row.get("balance", row.get("difference"))]
            columns = "".join(f"{money(amount, row['currency']):>16}" for amount in amounts)
            lines.append(f"{row.get('account', 'trial balance'):26}{columns}")
        return [*lines, f"Deposits of bookings that have ended: {money(self.deposits_of_ended, 'BRL')}."]

    def _search_for(self, check_in: Any, check_out: Any) -> dict[str, Any]:
        dates = {"check_in": str(check_in), "check_out": str(check_out)}
        return {"city_code": "URB", **dates, "guests": {"adults": 2}, "sort": "rating_desc"}

    def book(self, guest: Guest, check_in: Any, check_out: Any) -> httpx.Response:
        wish = self._search_for(check_in, check_out)
        del wish["sort"]
        where = {"property_id": self.property["id"], "unit_id": self.unit["id"]}
        return self.market.post("create_booking_intent", {"session_id": guest.session_id, **where, **wish})

    def _free_suites(self, first: Any, last: Any) -> int:
        """On how many of the nights a room of the unit can be had; `serve` may tell what was a minute ago."""
        calendar = self.market.value(
            "select api.get_unit_availability_calendar(p_property_id => %s, p_unit_id => %s, "
            "p_start_date => %s, p_end_date => %s)",
            self.property["id"],
            self.unit["id"],
            first,
            last,
        )
        return sum(night["is_available"] for night in calendar["dates"] if night["date"] < str(last))

    def _status_of(self, guest: Guest) -> str:
        status: str = self.market.call("poll_payment_status", guest.mine)["status"]
        return status

    def _reservation(self) -> dict[str, Any]:
        query = "select to_jsonb(r) from lodging.reservations as r where id = %s"
        reservation: dict[str, Any] = self.market.value(query, self.winner.intent["booking_intent_id"])
        return reservation

    def _commands_are_done(self) -> bool:
        return bool(self.market.value("select not exists (select from core.outbox where status <> 'done')"))


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {PATIENCE_SECONDS} s")
        time.sleep(0.1)


def money(amount: int, currency: str) -> str:
    """Minor units of a currency with two decimals, for people."""
    return f"{'-' if amount < 0 else ''}{currency} {abs(amount) // 100:,}.{abs(amount) % 100:02}"
