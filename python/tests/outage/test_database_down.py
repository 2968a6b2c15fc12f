"""The database stops, or crashes, in the middle of a payment: callers are told, and nothing is lost."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltest.testserver import TestServer
from tests.serve.conftest import Api, serving
from tests.story import DEMO_CITY, Marketplace, Story, wait_until

GUESTS = 4
DOWN_SECONDS = 1.0


@pytest.fixture
def server_of_ours(pg_major: int) -> Iterator[TestServer]:
    """A server that may be stopped. What it has committed outlives its crash."""
    server = TestServer(pg_major)
    try:
        with server.connect() as connection:
            connection.execute("alter system set synchronous_commit = on")
            connection.execute("select pg_reload_conf()")
        yield server
    finally:
        server.stop(signal.SIGINT)


@pytest.fixture
def shop(server_of_ours: TestServer, bench: Bench) -> Clone:
    """The deployed product on that server."""
    own = Bench(server_of_ours, bench.sql_dir)
    own.prepare()
    return own.clone()


def value(dsn: str, query: str) -> Any:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def status(http: httpx.Client, path: str) -> int:
    return http.get(path).status_code


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_a_payment_survives(
    server_of_ours: TestServer, shop: Clone, tmp_path: Path, how: signal.Signals
) -> None:
    with Marketplace(shop.dsn, tmp_path) as market:
        story = Story(market)
        story.search()
        story.race()
        story.name_the_traveler()
        story.pay()
        market.start_worker()
        wait_until(lambda: "worker started" in (tmp_path / "worker.log").read_text())
        market.stripe.configure(retry_seconds=0.2, max_attempts=1_000)

        server_of_ours.terminate(how)
        wait_until(lambda: status(market.http, "/readyz") == 503)
        assert status(market.http, "/healthz") == 200
        refusal = market.post("poll_payment_status", story.winner.mine)
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert refusal.headers["Retry-After"]
        market.stripe.release_webhooks()
        wait_until(lambda: {a["status"] for d in market.stripe.deliveries() for a in d["attempts"]} == {503})
        wait_until(lambda: "waiting for the database" in (tmp_path / "worker.log").read_text())

        server_of_ours.start()
        wait_until(lambda: status(market.http, "/readyz") == 200)
        market.stripe.settle(timeout_seconds=60)
        committed = "select status = 'confirmed' from lodging.reservations"
        wait_until(lambda: value(shop.dsn, f"select exists ({committed}) and ({committed})"))
        wait_until(
            lambda: value(shop.dsn, "select not exists (select from core.outbox where status <> 'done')")
        )
        events = market.stripe.events()
        assert len(market.host.bookings()) == 1

    assert value(shop.dsn, "select count(*) from payments.stripe_events") == len(events)
    assert value(shop.dsn, "select bool_and(status in ('processed', 'ignored')) from payments.stripe_events")
    assert_in_order(shop.dsn)


def test_whoever_was_told_that_he_holds_nights_does(server_of_ours: TestServer, shop: Clone) -> None:
    """Guests keep booking while the server crashes and comes back."""
    with psycopg.connect(shop.dsn, autocommit=True) as connection:
        connection.execute(DEMO_CITY.read_bytes())
        limits = '{"per_session": 1000, "per_address": 1000000}'
        connection.execute("update core.settings set value = %s where key = 'lodging.open_holds'", [limits])
        connection.execute("update lodging.availability_calendar set allotment = 1000000")
        wish = connection.execute(
            "select property_id::text, id::text,"
            " (core.today('URB') + 30)::text, (core.today('URB') + 32)::text"
            " from lodging.unit_map where city_code = 'URB' order by id limit 1"
        ).fetchone()
    assert wish is not None
    body = dict(zip(("property_id", "unit_id", "check_in", "check_out"), wish, strict=True))
    promised: set[str] = set()
    answers: set[int] = set()
    done = threading.Event()

    def book(api: Api) -> None:
        while not done.is_set():
            asked = {**body, "city_code": "URB", "guests": {"adults": 1}, "session_id": uuid4().hex}
            response = api.post("create_booking_intent", asked)
            answers.add(response.status_code)
            if response.status_code == 200:
                promised.add(response.json()["data"]["booking_intent_id"])

    with serving(shop.dsn) as api:
        guests = [threading.Thread(target=book, args=[api]) for _ in range(GUESTS)]
        for guest in guests:
            guest.start()
        try:
            wait_until(lambda: len(promised) > 20)
            server_of_ours.terminate(signal.SIGQUIT)
            before = len(promised)
            wait_until(lambda: 503 in answers)
            time.sleep(DOWN_SECONDS)
            server_of_ours.start()
            wait_until(lambda: len(promised) > before + 20)
        finally:
            done.set()
            for guest in guests:
                guest.join()
    assert answers <= {200, 503}
    held = set(
        value(shop.dsn, "select array_agg(id::text) from lodging.booking_intents where holds_inventory")
    )
    assert promised <= held
    assert_in_order(shop.dsn)


def assert_in_order(dsn: str) -> None:
    """Every counter is what the stays say, the books balance, and nothing waits for a person."""
    assert value(dsn, "select count(*) from tests.wrong_nights()") == 0
    assert value(dsn, "select ledger.verify() -> 'violations'") == []
    assert value(dsn, "select count(*) from core.exceptions") == 0
