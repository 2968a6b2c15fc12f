"""A deploy that dies in the middle: nothing half done, no lock left, and the next run finishes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from reserve_db.deploy import MigrateResult
from reserve_db.deploy.verify import verify
from tests.deploy.conftest import PROGRAM
from tests.deploy.shop import Shop

Dump = Callable[[str], str]
Redeploy = Callable[..., MigrateResult]

ORDERS = "policies/shop/orders.sql"
SLEEP = "select pg_sleep(600);"
ALONE = "-- transactional: false\n"
SLEEPS = {
    "a migration": ("migrations/0005_last.sql", f"create table shop.last (id int); {SLEEP}"),
    "a function": ("functions/shop/price_of.sql", SLEEP),
    "a view": ("functions/api/_views.sql", SLEEP),
    "a guard": (ORDERS, SLEEP),
}
_DEPLOYING = "from pg_stat_activity where application_name like 'reserve-db migrate%'"


@contextmanager
def deploying(shop: Shop, dsn: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A deploy in a process of its own."""
    command = [PROGRAM, "migrate", "--dsn", dsn, "--sql", str(shop.root), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(sql: psycopg.Connection, condition: str) -> None:
    """Until a query answers with a row."""
    give_up = time.monotonic() + 30
    while sql.execute(condition).fetchone() is None:
        assert time.monotonic() < give_up, sql.execute(f"select * {_DEPLOYING}").fetchall()
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes], sql: psycopg.Connection) -> None:
    """As the kernel does when memory ends; then wait for the server to notice."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(sql, f"select where not exists (select {_DEPLOYING})")
    assert sql.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (0,)


@pytest.mark.parametrize("place", SLEEPS)
def test_in_a_transaction(
    place: str, shop: Shop, deployed: str, dump: Dump, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    before = dump(deployed)
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    name, text = SLEEPS[place]
    path = shop.root / name
    restored = path.read_text() if path.exists() else "create table shop.last (id int);"
    shop.write(name, text if place == "a migration" else restored + text)
    with deploying(shop, deployed) as process:
        wait_until(sql, f"select {_DEPLOYING} and wait_event = 'PgSleep'")
        kill(process, sql)
    assert dump(deployed) == before

    shop.write(name, restored)
    assert "0004_color" in redeploy().migrations
    assert verify(deployed) == []


def test_in_the_first_deploy(shop: Shop, empty_db: str, dump: Dump) -> None:
    before = dump(empty_db)
    shop.append(ORDERS, SLEEP)
    with psycopg.connect(empty_db, autocommit=True) as sql, deploying(shop, empty_db) as process:
        wait_until(sql, f"select {_DEPLOYING} and wait_event = 'PgSleep'")
        kill(process, sql)
    assert dump(empty_db) == before


def test_waiting_for_a_lock(
    shop: Shop, deployed: str, dump: Dump, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    before = dump(deployed)
    shop.append(ORDERS, "-- changed")
    with psycopg.connect(deployed) as reader:
        reader.execute("select count(*) from shop.orders")
        with deploying(shop, deployed, "--lock-budget", "600") as process:
            wait_until(sql, f"select {_DEPLOYING} and wait_event_type = 'Lock'")
            kill(process, sql)
        sql.execute("set lock_timeout = '1ms'; update shop.orders set note = 'nobody else waits'")
    assert dump(deployed) == before
    assert list(redeploy().guards) == [ORDERS]


def test_building_an_index(shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    shop.write("migrations/0004_color.sql", "alter table shop.orders add column color text;")
    shop.write(
        "migrations/0005_once.sql",
        f"{ALONE}create index concurrently if not exists items_once on shop.items (name);",
    )
    valid = "select indisvalid from pg_index where indexrelid = to_regclass('shop.items_once')"
    with psycopg.connect(deployed) as writer:
        writer.execute("update shop.items set name = 'changing' where id = 1")
        with deploying(shop, deployed) as process:
            wait_until(sql, f"select {_DEPLOYING} and wait_event_type = 'Lock' and query ~ 'concurrently'")
            kill(process, sql)
    assert sql.execute(valid).fetchall() in ([], [(False,)])

    assert redeploy().migrations == ["0005_once"]
    assert sql.execute(valid).fetchone() == (True,)
    assert verify(deployed) == []


def test_between_a_lone_migration_and_its_mark(
    shop: Shop, deployed: str, redeploy: Redeploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutOff(BaseException):
        pass

    def cut_off(*_: object) -> None:
        raise CutOff

    shop.write("migrations/0004_idea.sql", f"{ALONE}alter type shop.kind add value if not exists 'idea';")
    with monkeypatch.context() as patch:
        patch.setattr("reserve_db.deploy.history.History.mark", cut_off)
        with pytest.raises(CutOff):
            redeploy()
    assert redeploy().migrations == ["0004_idea"]
    assert verify(deployed) == []
