"""The deploying session: its settings, the lock that keeps deploys apart, and the watch over its waits."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg

from reserve_db.connection import connect
from reserve_db.deploy.errors import BlockedError, DeployError

Progress = Callable[[str], None]

LOCK_KEY = 0x7265736572766521  # 'reserve!' in ASCII
LOCK_PATIENCE = 300.0
HEARTBEAT = 5.0
POLL = 0.025
BACKEND = "select pg_backend_pid()"

# An empty search_path makes every unqualified name fail; the last lines fix how the catalog is printed.
SETTINGS = """\
reset role;
set search_path = '';
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = off;
set statement_timeout = 0;
set idle_in_transaction_session_timeout = '60s';
set client_min_messages = notice;
set standard_conforming_strings = on;
set check_function_bodies = off;
set jit = off;
set quote_all_identifiers = off;
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set intervalstyle = 'postgres';
set bytea_output = 'hex';
"""

READ_ONLY = "set transaction read only;\n" + SETTINGS + "set lock_timeout = '10s';"

_LOCK_HOLDER = """
select a.pid, a.application_name, a.usename, coalesce(host(a.client_addr), 'local')
from pg_locks as l join pg_stat_activity as a using (pid)
where l.locktype = 'advisory' and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::bigint << 32 | l.objid::bigint) = %s and l.objsubid = 1
"""

_WAITING = """
select a.wait_event_type = 'Lock',
  (select coalesce(l.relation::regclass::text, l.locktype)
   from pg_locks as l where l.pid = a.pid and not l.granted limit 1)
from pg_stat_activity as a where a.pid = %s
"""

_BLOCKERS = """
select b.pid,
  coalesce(a.usename, 'a prepared transaction'), coalesce(nullif(a.application_name, ''), 'unnamed'),
  coalesce(a.state, 'unknown state'), round(extract(epoch from clock_timestamp() - a.xact_start))::text,
  a.query
from unnest(pg_blocking_pids(%s)) as b (pid)
left join pg_stat_activity as a on a.pid = b.pid
"""


@contextmanager
def reading(dsn: str, application_name: str) -> Iterator[psycopg.Connection]:
    """A session that only reads; in one transaction, for behind a pooler its settings must not outlive it."""
    with connect(dsn, application_name) as conn, conn.transaction(force_rollback=True):
        conn.execute(READ_ONLY)
        yield conn


@contextmanager
def deploy_lock(conn: psycopg.Connection, second: psycopg.Connection, progress: Progress) -> Iterator[None]:
    """Hold the one deploy lock of this database.

    It is polled for: waiting inside the server would keep a snapshot open, and `create index concurrently`
    of the other deploy would wait for us in turn.
    """
    _refuse_transaction_pooler(conn, second)
    deadline = time.monotonic() + LOCK_PATIENCE
    announced = False
    while not scalar(conn, "select pg_try_advisory_lock(%s)", LOCK_KEY):
        holder = second.execute(_LOCK_HOLDER, (LOCK_KEY,)).fetchone()
        who = "pid {} ({}, user {}, from {})".format(*holder) if holder else "another session"
        if time.monotonic() > deadline:
            raise DeployError(f"another deploy has held the lock for {LOCK_PATIENCE:.0f} s: {who}")
        if not announced:
            progress(f"waiting for another deploy: {who}")
            announced = True
        time.sleep(random.uniform(0.1, 0.3))  # noqa: S311
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("select pg_advisory_unlock(%s)", (LOCK_KEY,))


def _refuse_transaction_pooler(conn: psycopg.Connection, second: psycopg.Connection) -> None:
    """Refuse where one connection does not mean one backend: there a session's lock protects nothing."""
    if is_transaction_pooler(conn, second):
        raise DeployError(
            "this address leads through a transaction pooler, where the lock between deploys would "
            "protect nothing: use a direct connection or a session pooler (on Supabase port 5432, "
            "not 6543)"
        )


def is_transaction_pooler(conn: psycopg.Connection, second: psycopg.Connection) -> bool:
    """Does this address lend each transaction another backend?

    While `second` has a transaction open, a transaction pooler gives one of the two another backend: the
    last one used, or in turn; so ask twice. Ask before locking: a lock taken there would stay.
    """
    ours = scalar(conn, BACKEND)
    for _ in range(2):
        with second.transaction():
            if scalar(second, BACKEND) == ours or scalar(conn, BACKEND) != ours:
                return True
    return False


def scalar(conn: psycopg.Connection, query: str, *parameters: object) -> Any:
    """The one value a query answers with; None where it answers nothing."""
    row = conn.execute(query, parameters or None).fetchone()
    return row[0] if row else None


class Watch:
    """Watches, over a second connection, how long the deploying session waits for locks.

    The time of all waits in the block is added up; when it exceeds `budget` seconds the session's query is
    cancelled and `blocked` says by whom. None means no budget. Long steps are reported every few seconds.
    """

    def __init__(
        self, second: psycopg.Connection, pid: int, budget: float | None, progress: Progress
    ) -> None:
        self.blocked: BlockedError | None = None
        self._second = second
        self._pid = pid
        self._budget = budget
        self._progress = progress
        self._stop = threading.Event()
        self._step, self._since, self._reported = "", time.monotonic(), time.monotonic()
        self._thread = threading.Thread(target=self._run, name="deploy watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the watch: after this nothing is cancelled any more."""
        self._stop.set()
        self._thread.join()

    def step(self, name: str) -> None:
        """Say what the session is doing now."""
        self._step, self._since, self._reported = name, time.monotonic(), time.monotonic()

    def _run(self) -> None:
        try:
            self._watch()
        except psycopg.Error as error:
            self._progress(f"  the watch over waits ended: {error}")

    def _watch(self) -> None:
        waited, last = 0.0, time.monotonic()
        while not self.blocked and not self._stop.wait(POLL):
            waiting, target = self._second.execute(_WAITING, (self._pid,)).fetchone() or (False, None)
            now = time.monotonic()
            if waiting:
                waited += now - last
                if self._budget is not None and waited > self._budget:
                    self._cancel(waited, target)
            last = now
            if now - self._reported > HEARTBEAT:
                self._reported = now
                what = f"waiting for {target}" if waiting else "running"
                self._progress(f"  {self._step}: {what}, {now - self._since:.0f} s")

    def _cancel(self, waited: float, target: str | None) -> None:
        blockers = [
            f"pid {pid} ({user}, {application}, {state}, in a transaction for {seconds or '?'} s): {query}"
            for pid, user, application, state, seconds, query in self._second.execute(_BLOCKERS, (self._pid,))
        ]
        if blockers:
            reason = f"{self._step}: waited {waited:.1f} s for {target}, the budget is {self._budget:g} s"
            self.blocked = BlockedError(reason, blockers)
            self._second.execute("select pg_cancel_backend(%s)", (self._pid,))
