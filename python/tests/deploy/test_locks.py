"""What a deploy locks, how long it waits for it, and whom it names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from reserve_db.deploy import BlockedError, MigrateResult, migrate
from tests.deploy.shop import FILES, NEW_PRICE, Shop

Redeploy = Callable[..., MigrateResult]

# Of our tables and views; looked at while a file sleeps, since reading the catalog also takes moments of a
# reader's lock on what views read.
LOCKS = """
select l.relation::regclass::text, l.mode
from pg_stat_activity as a
join pg_locks as l using (pid)
join pg_class as c on c.oid = l.relation and c.relkind in ('r', 'v')
where a.application_name = 'reserve-db migrate' and a.wait_event = 'PgSleep'
  and c.relnamespace in ('shop'::regnamespace, 'api'::regnamespace)
"""
SLEEP = "select pg_sleep(0.2);"
ITEMS, ORDERS = "policies/shop/items.sql", "policies/shop/orders.sql"


@contextmanager
def busy(dsn: str, *statements: str) -> Iterator[int]:
    """Somebody's open transaction; yields its pid."""
    with psycopg.connect(dsn, application_name="reporting") as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection.info.backend_pid
        connection.rollback()


@contextmanager
def watched(dsn: str) -> Iterator[set[tuple[str, str]]]:
    """The locks that a deploy in the block holds while one of its files sleeps."""
    seen: set[tuple[str, str]] = set()
    done = threading.Event()

    def watch() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                seen.update(connection.execute(LOCKS).fetchall())

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield seen
        finally:
            done.set()
            watching.result()


def test_functions_lock_nothing(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    shop.append("functions/shop/tg_items__stamp.sql", SLEEP)
    everything = "lock table shop.items, shop.orders in {} mode"
    with (
        busy(deployed, everything.format("access share"), "select * from api.items"),
        busy(deployed, everything.format("row exclusive"), "update shop.items set price = 1"),
        watched(deployed) as locks,
    ):
        assert redeploy().functions == "2 of 3 files changed"
    assert locks == set()


def test_only_the_table_whose_guard_changed_is_locked(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.append(ORDERS, SLEEP)
    with busy(deployed, "update shop.items set price = 1"), watched(deployed) as locks:
        assert redeploy().guards == {ORDERS: "the file changed"}
    assert {relation for relation, _ in locks} == {"shop.orders"}
    assert ("shop.orders", "AccessExclusiveLock") in locks


def test_only_the_table_that_drifted_is_locked(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("drop policy service_reads on shop.orders")
    with busy(deployed, "update shop.items set price = 1"):
        assert redeploy().guards == {ORDERS: "policy service_reads on shop.orders is missing"}


def test_a_changed_view_locks_the_view_alone(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.append("functions/api/_views.sql", SLEEP)
    with busy(deployed, "update shop.items set price = 1"), watched(deployed) as locks:
        redeploy()
    stronger = {lock for lock in locks if lock[1] != "AccessShareLock"}
    assert stronger == {("api.items", "AccessExclusiveLock")}


def test_the_budget_holds_and_the_blocker_is_named(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.append(ORDERS, "-- changed")
    waited = r"^locks: waited 0\.[3-6] s for shop\.orders, the budget is 0\.3 s"
    with (
        busy(deployed, "select 'long report', count(*) from shop.orders") as pid,
        pytest.raises(BlockedError, match=waited) as blocked,
    ):
        redeploy(lock_budget=0.3)
    message = str(blocked.value)
    assert f"pid {pid} (postgres, reporting, idle in transaction" in message
    assert "long report" in message


def test_one_budget_covers_all_waits(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    """After most of the budget went into the first table, little is left for the second."""
    shop.append(ITEMS, "-- changed")
    shop.append(ORDERS, "-- changed")
    waiting = """
        select from pg_stat_activity
        where application_name = 'reserve-db migrate' and wait_event_type = 'Lock'"""
    with ThreadPoolExecutor(1) as pool, busy(deployed, "select count(*) from shop.orders"):
        with busy(deployed, "select count(*) from shop.items"):
            deploying = pool.submit(redeploy, lock_budget=2.0)
            while not sql.execute(waiting).fetchall():
                time.sleep(0.02)
            time.sleep(1.4)
        started = time.monotonic()
        with pytest.raises(BlockedError, match=r"for shop\.orders, the budget is 2 s"):
            deploying.result()
        assert time.monotonic() - started < 1.5


COLOR = "alter table shop.items add column color text;"


@pytest.mark.parametrize(
    ("text", "step"),
    [(COLOR, "locks"), (f"do $$ begin execute '{COLOR}'; end $$;", r"migrations/0004_color\.sql")],
    ids=["known from its text", "built at run time"],
)
def test_migrations_wait_within_the_same_budget(
    text: str, step: str, shop: Shop, deployed: str, redeploy: Redeploy
) -> None:
    shop.write("migrations/0004_color.sql", text)
    with (
        busy(deployed, "select count(*) from shop.items") as pid,
        pytest.raises(BlockedError, match=rf"^{step}: waited .* for shop\.items") as blocked,
    ):
        redeploy()
    assert f"pid {pid} " in str(blocked.value)


def test_it_tries_again_until_the_blocker_is_gone(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.append(ORDERS, "-- changed")
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool, busy(deployed, "select count(*) from shop.orders"):
        deploying = pool.submit(redeploy, attempts=20, lock_budget=0.1, progress=said.append)
        time.sleep(0.8)
        assert not deploying.done()
    result = deploying.result()
    assert result.attempts > 1
    assert result.guards == {ORDERS: "the file changed"}
    assert any("rolled back; attempt 2 of 20" in line for line in said)


def test_readers_hardly_notice(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    """Readers of 50 ms on every table while all guards change: nobody waits longer than the budget allows."""
    longest, stop = [0.0], threading.Event()

    def read(table: str) -> None:
        with psycopg.connect(deployed, autocommit=True) as connection:
            while not stop.is_set():
                started = time.monotonic()
                connection.execute(f"lock table {table} in access share mode; select pg_sleep(0.05)")
                longest[0] = max(longest[0], time.monotonic() - started)

    with ThreadPoolExecutor(4) as pool:
        for table in ("shop.items", "shop.orders") * 2:
            pool.submit(read, table)
        for name in (ITEMS, ORDERS):
            shop.append(name, "-- changed")
        assert len(redeploy(attempts=10, lock_budget=0.5).guards) == 2
        stop.set()
    assert longest[0] < 0.05 + 0.5 + 0.5


def test_two_deploys_follow_each_other(shop: Shop, deployed: str) -> None:
    shop.write("migrations/0004_slow.sql", "select pg_sleep(0.7); create table shop.once (id int);")
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(migrate, deployed, shop.root, progress=said.append) for _ in range(2)]
        results = [run.result() for run in runs]
    assert sorted(result.changed for result in results) == [False, True]
    assert any(line.startswith("waiting for another deploy: pid ") for line in said)


def test_long_steps_are_reported(shop: Shop, redeploy: Redeploy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reserve_db.deploy.session.HEARTBEAT", 0.2)
    shop.write("migrations/0004_slow.sql", "select pg_sleep(0.6);")
    said: list[str] = []
    redeploy(progress=said.append)
    assert any(line.startswith("  migrations/0004_slow.sql: running, ") for line in said)


def test_dropped_connections_do_not_leave_the_lock(shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_suicide.sql", "select pg_terminate_backend(pg_backend_pid());")
    with pytest.raises(psycopg.OperationalError):
        redeploy()
    shop.remove("migrations/0004_suicide.sql")
    shop.write("functions/shop/price_of.sql", FILES["functions/shop/price_of.sql"] + "-- changed")
    assert redeploy().changed
