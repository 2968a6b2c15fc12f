"""Marks, and what stands on them, while many connections write: up to a mark nothing changes any more."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.audit.books import (
    Connection,
    found_cities,
    mark,
    post,
    post_at_random,
    published,
    seal,
    told,
    truth,
    verdict,
)
from tests.core.crowd import at_once, value

WRITERS = 16
TRANSACTIONS = 30
TIMES = 3
LAST_MARK = "select audit_seq, ledger_seq from audit.marks order by audit_seq desc limit 1"
UP_TO = """
select
  (select count(*) from audit.audit_logs where seq <= %s),
  (select count(*) from ledger.ledger_transactions where seq <= %s)
"""


def test_nothing_appears_below_a_mark(db: Clone) -> None:
    """Sixteen write; one marks, some snapshot and seal, one compares every balance with the entries."""
    found_cities(db)
    done = Event()
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    effects: Counter[str] = Counter()

    def make_marks() -> None:
        with db.connect(autocommit=True) as connection:
            while not done.is_set():
                if mark(connection):
                    last = connection.execute(LAST_MARK).fetchone()
                    assert last
                    seen[last] = connection.execute(UP_TO, last).fetchone() or (0, 0)

    def repeat(job: str) -> None:
        with db.connect(autocommit=True) as connection:
            while not done.is_set():
                effects[job] += value(connection, f"select {job}") > 0

    def compare() -> None:
        with db.connect() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not done.is_set():
                assert told(connection) == truth(connection)
                effects["compare"] += 1
                connection.rollback()

    jobs = ["ledger.snapshot()", "audit.seal(7)", "audit.seal(50)"]
    with ThreadPoolExecutor(len(jobs) + 3) as pool:
        beside = [pool.submit(make_marks), pool.submit(compare), pool.submit(repeat, jobs[0])]
        beside += [pool.submit(repeat, job) for job in jobs]

        def work(connection: Connection, number: int) -> None:
            """Until everything happened several times, or somebody failed."""
            chance = random.Random(number)
            post_at_random(connection, chance, TRANSACTIONS)
            while min(len(seen), *(effects[job] for job in (*jobs, "compare"))) < TIMES and not any(
                task.done() for task in beside
            ):
                post_at_random(connection, chance, 1)

        try:
            at_once(db, WRITERS, work)
        finally:
            done.set()
        for task in beside:
            task.result()

    with db.connect(autocommit=True) as connection:
        assert {last: connection.execute(UP_TO, last).fetchone() for last in seen} == seen
        mark(connection)
        connection.execute("select ledger.snapshot()")
        while seal(connection):
            pass
        assert value(connection, "select max(seq) - count(*) from ledger.ledger_transactions") > 0
        assert told(connection) == truth(connection)
        assert value(connection, "select ledger.verify()")["ok"]
        checked = verdict(connection, *published(connection))
        assert checked["ok"], checked
        assert checked["sealed"] > WRITERS * TRANSACTIONS


COPY = "copy audit.audit_logs (event_type, entity_type, entity_id, actor_type) from stdin"
WRITING = {
    "values": "insert into AUDIT values ('x', 'x', gen_random_uuid(), 'x')",
    "select": "insert into AUDIT select 'x', 'x', gen_random_uuid(), 'x' from generate_series(1, 3)",
    "in a with": """
        with new as (insert into AUDIT values ('x', 'x', gen_random_uuid(), 'x') returning seq) table new""",
    "on conflict": "insert into AUDIT values ('x', 'x', gen_random_uuid(), 'x') on conflict (id) do nothing",
    "merge": """
        merge into audit.audit_logs as l using (select gen_random_uuid() as id) as n on l.id = n.id
        when not matched then
          insert (event_type, entity_type, entity_id, actor_type) values ('x', 'x', n.id, 'x')""",
    "copy": COPY,
    "a recorded row": "insert into core.outbox (topic, queue_key, city_code) values ('toy.do', 'q', 'ALL')",
    "a header": """
        insert into ledger.ledger_transactions (type, city_code, event_at) values ('x', 'URB', now())""",
    "post": """
        select ledger.post('x', 'URB', null,
          ledger.move('cash_reserve', 'customer_deposits', 5, 'adjustment', 'owner', null, 'BRL'), now())""",
}
PLACES = """
select pg_sequence_last_value(pg_get_serial_sequence('audit.audit_logs', 'seq')),
  pg_sequence_last_value('ledger.ledger_transactions_seq')
"""


@pytest.fixture
def marker(db: Clone) -> Connection:
    """A connection in the middle of making a mark."""
    found_cities(db)
    with db.connect(autocommit=True) as connection:
        post(connection)
    connection = db.connect()
    assert mark(connection)
    return connection


def write(connection: Connection, statement: str) -> None:
    if statement is COPY:
        with connection.cursor().copy(COPY) as copy:
            copy.write_row(("x", "x", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "x"))
    else:
        columns = "audit.audit_logs (event_type, entity_type, entity_id, actor_type)"
        connection.execute(statement.replace("AUDIT", columns).encode())


@pytest.mark.parametrize("way", WRITING)
def test_a_writer_waits_before_it_draws_its_place(db: Clone, marker: Connection, way: str) -> None:
    with marker, db.connect(autocommit=True) as connection:
        connection.execute("set lock_timeout = '50ms'")
        before = connection.execute(PLACES).fetchone()
        with pytest.raises(psycopg.errors.LockNotAvailable) as refusal:
            write(connection, WRITING[way])
        assert "tg__wait_for_mark" in (refusal.value.diag.context or "")
        assert connection.execute(PLACES).fetchone() == before


def test_a_mark_waits_for_no_one_long(db: Clone) -> None:
    found_cities(db)
    with db.connect() as writer, db.connect(autocommit=True) as marker:
        post(writer)
        assert not mark(marker)
        writer.rollback()
        post(writer)
        writer.commit()
        assert mark(marker)
        assert not mark(marker), "nothing is new"


def test_what_is_rolled_back_leaves_a_gap_that_is_not_missing(db: Clone) -> None:
    found_cities(db)
    with db.connect() as connection:
        post(connection)
        connection.commit()
        post(connection)
        connection.rollback()
        post(connection)
        connection.commit()
        assert mark(connection)
        connection.commit()
        assert value(connection, "select max(seq) - count(*) from ledger.ledger_transactions") == 1
        assert seal(connection) > 0
        connection.commit()
        assert verdict(connection)["ok"]
