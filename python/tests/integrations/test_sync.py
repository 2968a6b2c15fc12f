"""`reserve-db sync` and the worker against a Host over HTTP: pages, faults, a run that dies in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.standins.host_server import API_KEY, SECRET, HostStandIn

PROGRAM = str(Path(sys.executable).with_name("reserve-db"))
HOLD = """
do $$ begin
  perform tests.hold('{guest}', '{unit}', 3, 4);
exception when sqlstate 'PT409' or sqlstate 'PT429' then null;
end $$
"""
FIRST = date.today() + timedelta(days=1)


@pytest.fixture
def host() -> Iterator[HostStandIn]:
    with HostStandIn() as running:
        yield running


def start(host: HostStandIn, db: Clone, *arguments: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RESERVE_")}
    settings = {"RESERVE_HOST_URL": host.url, "RESERVE_HOST_API_KEY": API_KEY, "RESERVE_HOST_SECRETS": SECRET}
    return subprocess.Popen(
        [PROGRAM, *arguments, "--dsn", db.dsn],
        env={**own, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sync(host: HostStandIn, db: Clone, *kinds: str) -> tuple[int, dict[str, Any]]:
    """Exit status, and the jobs by kind."""
    process = start(host, db, "sync", *kinds, "--json")
    output, errors = process.communicate(timeout=60)
    assert output, errors
    return process.returncode, {job["kind"]: job for job in json.loads(output)["jobs"]}


def properties(count: int) -> list[dict[str, Any]]:
    fixed = {"city_code": "URB", "property_type": "pousada", "currency": "BRL", "is_active": True}
    return [{"host_property_id": f"p{n}", "name": f"House {n}", **fixed} for n in range(count)]


def room_types(count: int) -> list[dict[str, Any]]:
    fixed = {"name": "Double", "room_type": "double", "max_guests": 2, "is_active": True}
    return [{"host_unit_id": f"u{n}", "host_property_id": f"p{n}", **fixed} for n in range(count)]


def nights(unit: str, count: int, allotment: int = 2) -> list[dict[str, Any]]:
    return [
        {
            "host_unit_id": unit,
            "date": str(FIRST + timedelta(days=n)),
            "allotment": allotment,
            "base_price": 10000,
        }
        for n in range(count)
    ]


def prepare(connection: Connection, page_items: int) -> None:
    connection.execute("select tests.create_city('URB')")
    connection.execute(
        "update core.settings set value = value || jsonb_build_object('page_items', %s::integer)"
        " where key = 'host_sync'",
        [page_items],
    )


def test_everything_arrives_page_by_page_and_only_what_is_new_comes_again(
    db: Clone, host: HostStandIn
) -> None:
    host.offer("properties", *properties(7), {"host_property_id": "broken"})
    host.offer("room-types", *room_types(7))
    for n in range(7):
        host.offer("availability", *nights(f"u{n}", 10))
    with db.connect(autocommit=True) as connection:
        prepare(connection, 5)
        status, jobs = sync(host, db)
        assert status == 0
        assert {kind: (job["pages"], job["items"], job["skipped"]) for kind, job in jobs.items()} == {
            "properties": (2, 8, 1),
            "room_types": (2, 7, 0),
            "availability": (14, 70, 0),
        }
        assert jobs["properties"]["log"][0]["detail"] == {"item": {"host_property_id": "broken"}}
        assert value(connection, "select count(*) from lodging.availability_calendar") == 70

        before = value(connection, "select max(xmin::text::bigint) from lodging.availability_calendar")
        host.offer("availability", *nights("u3", 1, allotment=9))
        status, jobs = sync(host, db, "availability")
        assert (status, jobs["availability"]["items"]) == (0, 1)
        changed = (
            "select array_agg(allotment) from lodging.availability_calendar where xmin::text::bigint > %s"
        )
        assert value(connection, changed, before) == [9]


def test_a_run_that_is_killed_goes_on_behind_its_last_page(db: Clone, host: HostStandIn) -> None:
    host.offer("properties", *properties(40))
    with db.connect(autocommit=True) as connection:
        prepare(connection, 1)
        host.configure(latency_seconds=0.05)
        process = start(host, db, "sync", "properties")
        while (value(connection, "select max(pages) from integrations.sync_jobs") or 0) < 5:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        host.configure(latency_seconds=0)
        connection.execute("update core.outbox set claimed_until = now() where claim_token is not null")
        status, jobs = sync(host, db, "properties")
        assert (status, jobs["properties"]["pages"], jobs["properties"]["items"]) == (0, 40, 40)
        assert value(connection, "select count(*) from integrations.sync_jobs") == 1
        assert value(connection, "select count(*) from lodging.properties_map") == 40
        assert len(host.requests("/properties")) in (40, 41)


def test_a_host_that_refuses_fails_the_run_which_is_taken_up_again(db: Clone, host: HostStandIn) -> None:
    host.offer("properties", *properties(2))
    with db.connect(autocommit=True) as connection:
        prepare(connection, 1)
        host.inject("error", method="GET", path="/properties", status=400, code="bad_day")
        status, jobs = sync(host, db)
        assert (status, list(jobs)) == (1, ["properties"])
        assert jobs["properties"]["error"] == "bad_day: The request was not served."
        assert (
            value(connection, "select kind from core.exceptions where resolved_at is null")
            == "host_sync_failed"
        )
        status, jobs = sync(host, db, "properties")
        assert (status, jobs["properties"]["items"]) == (0, 2)
        assert value(connection, "select count(*) from core.exceptions where resolved_at is null") == 0


def test_workers_synchronise_by_themselves(db: Clone, host: HostStandIn) -> None:
    host.offer("properties", *properties(3))
    with db.connect(autocommit=True) as connection:
        prepare(connection, 1)
        connection.execute(
            "update core.settings set value = value || jsonb_build_object('properties_seconds', 60)"
            " where key = 'host_sync'"
        )
        assert start(host, db, "worker", "--once").wait(timeout=60) == 0
        assert value(connection, "select status from integrations.sync_jobs") == "succeeded"
        assert value(connection, "select count(*) from lodging.properties_map where is_published") == 3


def test_lists_of_the_host_and_guests_at_once_neither_deadlock_nor_oversell(db: Clone) -> None:
    """Half the connections write nights of two units in opposite order, half hold them."""
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        units = ("host-double", "host-family")

        def act(each: Connection, number: int) -> None:
            for turn in range(10):
                if number % 2:
                    order = units if number % 4 == 1 else units[::-1]
                    items = [night for unit in order for night in nights(unit, 12, allotment=turn % 3)]
                    each.execute(
                        "select lodging.import_host_items('availability', %s::jsonb)", [json.dumps(items)]
                    )
                else:
                    unit = ("double", "family")[turn % 2]
                    each.execute(HOLD.format(guest=f"guest {number} {turn}", unit=unit).encode())

        at_once(db, 8, act)
        assert value(connection, "select count(*) from tests.wrong_nights()") == 0
        wrong = """select count(*) from lodging.availability_calendar
                   where overcommitted <> greatest(bookings_count + temp_holds - allotment, 0)"""
        assert value(connection, wrong) == 0


def test_eight_who_start_a_synchronisation_start_one(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        start_one = "select api.sync_host_properties() ->> 'job_id'"
        assert len(set(at_once(db, 8, lambda each, _: value(each, start_one)))) == 1
        assert value(connection, "select count(*) from core.outbox") == 1
