"""Several workers and a Host that fails: they leave it alone together, and one sees that it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from reserve_db.host_client import HostClient
from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.worker.commands import Commands
from reserve_db.worker.handlers import host_handlers
from reserve_db.worker.jobs import Jobs
from reserve_db.worker.worker import Worker
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.worker.conftest import database, run

WORKERS = 4
GUESTS = ("ana", "bia", "cid", "dan", "eva", "fay", "gil", "hal")
COMMITS = (
    "select count(*), sum(attempts) from core.outbox where topic = 'lodging.commit_booking' and status = %s"
)


@pytest.fixture
def host() -> Iterator[HostStandIn]:
    with HostStandIn() as running:
        running.add_unit("host-house", "host-family", rooms=3)
        yield running


@pytest.fixture
def city(bench: Bench) -> Iterator[Clone]:
    """Eight paid stays on their way to the Host: one try each is enough to open the circuit."""
    with bench.cloned() as clone:
        with clone.connect(autocommit=True) as connection:
            connection.execute("select tests.create_lodging()")
            for number, name in enumerate(GUESTS):
                traveler = psycopg.types.json.Jsonb({"email": f"{name}@guest.example"})
                connection.execute(
                    "select tests.hold(%s, 'family', %s, 2, traveler => %s)", [name, 2 * number, traveler]
                )
                connection.execute("select tests.pay_stay(%s)", [name])
        yield clone


def work(city: Clone, host: HostStandIn) -> None:
    """Some workers at once, until nothing that may be sent is due."""

    async def one() -> None:
        client = HostClient(host.url, API_KEY, SECRET, timeout_seconds=1.0)
        try:
            async with database(city) as opened:
                await Worker([Commands(opened, host_handlers(client))], Jobs(opened, []), 1).run_once()
        finally:
            await client.close()

    async def every() -> None:
        await asyncio.gather(*(one() for _ in range(WORKERS)))

    run(every())


def rows(city: Clone, query: str, *values: Any) -> list[Any]:
    with city.connect(autocommit=True) as connection:
        done = connection.execute(query.encode(), values)
        return done.fetchall() if done.description else []


def later(city: Clone) -> None:
    """As if every wait, and the time for which the Host is left alone, were over."""
    rows(
        city,
        "update core.outbox set next_attempt_at = now() - interval '1 s' where status = 'pending'",
    )
    rows(
        city,
        "update core.circuits set open_until = now() - interval '1 s' where open_until is not null",
    )


def leave_only(city: Clone, name: str) -> None:
    """Other guests' commands are not due."""
    rows(
        city,
        "update core.outbox set next_attempt_at = 'infinity' "
        "where queue_key <> 'reservation:' || (tests.stay(%s)).id",
        name,
    )


def bookings_asked_for(host: HostStandIn) -> int:
    return sum(entry["method"] == "POST" and entry["path"] == "/bookings" for entry in host.requests())


def test_workers_leave_a_failing_host_alone_together(city: Clone, host: HostStandIn) -> None:
    host.inject("error", status=503, times=1_000)
    work(city, host)
    [(pending, tries)] = rows(city, COMMITS, "pending")
    assert pending == len(GUESTS)
    assert 5 <= tries <= 5 + WORKERS - 1
    assert bookings_asked_for(host) == tries

    # While it is left alone nothing is sent, and waiting is no try, however due the commands are.
    rows(city, "update core.outbox set next_attempt_at = now() where status = 'pending'")
    work(city, host)
    assert rows(city, COMMITS, "pending") == [(pending, tries)]

    # Then one command shows that it is still away,
    later(city)
    work(city, host)
    assert rows(city, COMMITS, "pending") == [(pending, tries + 1)]

    # and one that it is back, after which all go.
    host.clear_faults()
    later(city)
    work(city, host)
    later(city)
    work(city, host)
    assert rows(city, COMMITS, "done")[0][0] == len(GUESTS)
    assert len(host.bookings()) == len(GUESTS)
    assert rows(city, "select count(*) from lodging.reservations where status = 'confirmed'") == [
        (len(GUESTS),)
    ]
    assert rows(city, "select failed_at, open_until from core.circuits") == [([], None)]


def test_a_host_that_refuses_is_not_left_alone(city: Clone, host: HostStandIn) -> None:
    host.inject("error", status=409, code="no_availability", path="/bookings", times=1_000)
    work(city, host)
    assert rows(city, COMMITS, "dead")[0][0] == len(GUESTS)
    assert rows(city, "select count(*) from core.circuits") == [(0,)]


def test_a_host_whose_answer_was_lost_is_asked_whether_it_booked(city: Clone, host: HostStandIn) -> None:
    leave_only(city, "ana")
    host.inject("close", method="POST", path="/bookings", executes=True)
    work(city, host)
    assert len(host.bookings()) == 1
    assert rows(city, "select (tests.stay('ana')).status::text") == [("confirmed",)]


def test_a_silent_host_is_asked_three_times_then_to_cancel_what_it_may_have_booked(
    city: Clone, host: HostStandIn
) -> None:
    """It books and cannot be asked about it: the money goes back, the Host's booking is cancelled."""
    leave_only(city, "ana")
    host.inject("close", method="POST", path="/bookings", executes=True, times=3)
    host.inject("close", method="GET", path="/bookings", times=3)
    for _ in range(3):
        assert rows(city, "select (tests.stay('ana')).status::text") == [("host_commit_pending",)]
        work(city, host)
        rows(
            city,
            "update core.outbox set next_attempt_at = now() where attempts > 0 and status = 'pending'",
        )
    assert rows(city, "select (tests.stay('ana')).status::text") == [("refund_pending",)]
    assert bookings_asked_for(host) == 3
    work(city, host)
    assert [booking["status"] for booking in host.bookings()] == ["cancelled"]


def test_the_host_is_asked_about_a_guest_of_whom_it_told_nothing(city: Clone, host: HostStandIn) -> None:
    """Its webhooks go nowhere: whether the guest stayed away is heard by asking."""
    leave_only(city, "ana")
    work(city, host)
    booking = host.no_show(host.bookings()[0]["host_booking_id"])
    rows(
        city,
        "update lodging.reservations set status = 'checkin_pending' where id = (tests.stay('ana')).id",
    )
    rows(city, "select lodging.ask_host((tests.stay('ana')).id)")
    work(city, host)
    assert host.requests()[-1]["path"] == f"/bookings/{booking['host_booking_id']}"
    found = rows(city, "select r.status::text, r.cancellation_reason from tests.stay('ana') as r")
    assert found == [("cancelled", "no_show")]
