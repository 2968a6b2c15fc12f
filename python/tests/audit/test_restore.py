"""A dump restored into another cluster, of the newest version at hand, still tells the same and verifies."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator

import pytest

from reserve_db.servers import installation, installations
from reserve_db.sqltest.bench import Clone
from reserve_db.sqltest.testserver import TestServer
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
from tests.core.crowd import value

ROLES = "create role anon; create role authenticated; create role service_role; create role authenticator"
OTHER_HABITS = {
    "timezone": "Asia/Kathmandu",
    "datestyle": "German",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "intervalstyle": "iso_8601",
}


@pytest.fixture
def elsewhere() -> Iterator[TestServer]:
    """A second cluster, of the newest version that is installed, where everything is shown differently."""
    server = TestServer(max(installations()))
    try:
        with server.connect() as connection:
            connection.execute(ROLES)
        yield server
    finally:
        server.stop()


def restored(db: Clone, major: int, elsewhere: TestServer) -> Clone:
    """The database as `pg_dump | psql` brings it there.

    The programs are those of the server at each end: a server may keep things in its catalog, since its last
    minor release, that a pg_dump of another version takes for options of ours.
    """
    copy = Clone(elsewhere.create_database("restored"))
    with elsewhere.connect() as connection:
        for name, setting in OTHER_HABITS.items():
            connection.execute(f"alter database restored set {name} = '{setting}'".encode())
    pg_dump, psql = installation(major).program("pg_dump"), installation(elsewhere.major).program("psql")
    dump = subprocess.run([pg_dump, db.dsn], capture_output=True, check=True)
    reading = [psql, "-qXv", "ON_ERROR_STOP=1", copy.dsn]
    done = subprocess.run(reading, input=dump.stdout, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return copy


def write(connection: Connection, seed: int) -> None:
    """Some of it in a snapshot and sealed, some only sealed, some neither."""
    post_at_random(connection, random.Random(seed), 20)
    assert mark(connection)
    assert value(connection, "select ledger.snapshot()") > 0
    post_at_random(connection, random.Random(seed + 1), 20)
    assert mark(connection)
    assert seal(connection) > 0
    post(connection)


def test_a_restored_database_tells_the_same_and_goes_on(
    db: Clone, pg_major: int, elsewhere: TestServer
) -> None:
    found_cities(db)
    with db.connect(autocommit=True) as connection:
        write(connection, 1)
        balances, heads, before = truth(connection), published(connection), verdict(connection)
        at = value(connection, "select now()")
        balance_at = value(connection, "select ledger.balance_at('cash_reserve', 'URB', 'BRL', %s)", at)

    with restored(db, pg_major, elsewhere).connect(autocommit=True) as connection:
        assert connection.info.server_version // 10000 == elsewhere.major
        assert told(connection) == truth(connection) == balances
        assert (
            value(connection, "select ledger.balance_at('cash_reserve', 'URB', 'BRL', %s)", at) == balance_at
        )
        assert verdict(connection, *heads) == before
        assert before["ok"]

        write(connection, 3)
        assert told(connection) == truth(connection) != balances
        after = verdict(connection, *heads, *published(connection))
        assert after["ok"], after
        assert after["sealed"] > before["sealed"]
        assert value(connection, "select ledger.verify()")["ok"]
