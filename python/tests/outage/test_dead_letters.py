"""A provider that stays away or mad: so many tries and no more, then a person is told, and may try again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value
from tests.outage.nonsense import NONSENSE, mad
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.worker.test_processes import finish, start

TRIES = 3
OFFICE = "insert into access.user_roles (user_id, role, city_code) values (%s, 'agent', 'URB')"
AGENT = {"sub": "agent of URB"}


@pytest.fixture
def operator(db: Clone) -> Iterator[Connection]:
    """A stay that was confirmed at the Host, given up, and must be cancelled there; no wait between tries."""
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        connection.execute(OFFICE, [AGENT["sub"]])
        policy = '{"backoff_seconds": [0], "max_attempts": 3}'
        connection.execute("update core.settings set value = value || %s where key like 'outbox%%'", [policy])
        connection.execute("select tests.hold('ana')")
        connection.execute("select tests.pay_stay('ana')")
        connection.execute("update core.outbox set status = 'done', finished_at = now()")
        connection.execute("select lodging.fail_reservation(tests.stay('ana'), 'too late')")
        yield connection


def work(db: Clone, host_url: str) -> subprocess.Popen[str]:
    """A worker that does what is due at the Host, and ends."""
    return start(
        *("worker", "--once", "--dsn", db.dsn, "--topics", "lodging.cancel_booking", "--jobs", ""),
        RESERVE_HOST_URL=host_url,
        RESERVE_HOST_API_KEY=API_KEY,
        RESERVE_HOST_SECRETS=SECRET,
    )


def command(operator: Connection) -> tuple[str, int]:
    row = operator.execute("select status, attempts from api.commands where topic = 'lodging.cancel_booking'")
    found: tuple[str, int] = row.fetchall()[0]
    return found


def open_cases(operator: Connection) -> int:
    query = "select count(*) from core.exceptions where kind = 'host_cancel_failed' and resolved_at is null"
    return int(value(operator, query))


def retry(db: Clone, claims: dict[str, str]) -> None:
    with db.connect("authenticated", claims) as staff:
        staff.execute("select api.retry_command((select id from api.commands where status = 'dead'))")


@pytest.mark.parametrize(
    "kind", ["a page instead of an answer", "wrong types", "half of it", "ten megabytes"]
)
def test_a_mad_host_is_given_up_and_staff_try_again(db: Clone, operator: Connection, kind: str) -> None:
    with mad(NONSENSE[kind]) as host:
        assert finish(work(db, host.url))[0] == 0
        assert command(operator) == ("dead", TRIES)
        assert open_cases(operator) == 1
        assert host.requests <= 2 * TRIES
        assert value(
            operator, "select pg_column_size(o.*) < 10000 from core.outbox as o where status = 'dead'"
        )

    with HostStandIn() as sane:
        assert finish(work(db, sane.url))[0] == 0
        assert command(operator) == ("dead", TRIES)
        retry(db, AGENT)
        assert open_cases(operator) == 0
        assert finish(work(db, sane.url))[0] == 0
    assert command(operator) == ("done", 1)


def test_a_host_that_is_away_is_given_up(db: Clone, operator: Connection) -> None:
    assert finish(work(db, "http://127.0.0.1:1"))[0] == 0
    assert command(operator) == ("dead", TRIES)
    assert open_cases(operator) == 1
    with pytest.raises(psycopg.Error):
        retry(db, {"sub": "somebody"})
    assert command(operator) == ("dead", TRIES)
