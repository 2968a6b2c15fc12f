"""Brings a database to what the files say, or back to what they said before.

Pending migrations run in order, in one transaction up to the next `-- transactional: false` file, which runs
alone. The last transaction also replaces the functions, re-creates changed views, validates every body and
last re-applies the guard files of those tables whose guard changed or drifted. All locks of a transaction, as
far as they are known beforehand, are taken together before the first that it needs, under one wait budget.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import errors

from reserve_db.connection import connect
from reserve_db.deploy import steps
from reserve_db.deploy.catalog import Catalog, Difference, Key, compare, refuse_open_defaults
from reserve_db.deploy.errors import BlockedError, DeployError, FileError
from reserve_db.deploy.history import History, Migration, migrations_in_order, undoable
from reserve_db.deploy.orphans import refuse_orphans, refusing_unmade_functions
from reserve_db.deploy.session import BACKEND, SETTINGS, Progress, Watch, deploy_lock, scalar
from reserve_db.deploy.steps import Step
from reserve_db.deploy.work import Batch, Work, concurrent_indexes, decided_by, split, without_dropped
from reserve_db.sqltree import SqlFile, SqlTree

ATTEMPTS = 5
# A backend whose client died notices it even while it works or waits (servers on Windows cannot).
START = (
    SETTINGS
    + """\
set lock_timeout = '10s';
select set_config('client_connection_check_interval', '1s', false)
where version() !~* 'windows|visual c|mingw';
"""
)
Done = TypeVar("Done")
Observer = Callable[[psycopg.Connection, Step, float], None]
"""Called after each step, in its transaction, with how many seconds it took."""

# Not the fault of the SQL that was running.
_PASSING = (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected)

_TRANSACTION = "select pg_current_xact_id()::text"


@dataclass
class MigrateResult:
    """What a deploy did; for functions, views and guards with the reason why they were touched."""

    migrations: list[str] = field(default_factory=list)
    rolled_back: list[str] = field(default_factory=list)
    functions: str | None = None
    views: dict[str, str] = field(default_factory=dict)
    guards: dict[str, str] = field(default_factory=dict)
    drift: list[str] = field(default_factory=list)
    changed: bool = False
    attempts: int = 1
    seconds: float = 0.0


def migrate(
    dsn: str,
    sql_dir: Path | None = None,
    *,
    lock_budget: float = 1.0,
    attempts: int = ATTEMPTS,
    progress: Progress | None = None,
    observe: Observer | None = None,
) -> MigrateResult:
    """Deploy the tree at `sql_dir` (default: the packaged one).

    `lock_budget` is how many seconds one transaction may wait for locks in all; when it runs out the
    transaction is rolled back and tried again, `attempts` times in all. `observe` is called after each step.
    Raises DeployError, SqlTreeError or CannotConnectError.
    """
    tree = SqlTree.at(sql_dir)
    limits = _Limits(lock_budget, attempts)
    with _deploying(dsn, tree, limits, progress, observe) as deploy:
        return deploy.run()


def rollback(
    dsn: str,
    count: int,
    sql_dir: Path | None = None,
    back_to: Path | None = None,
    *,
    lock_budget: float = 1.0,
    attempts: int = ATTEMPTS,
    progress: Progress | None = None,
) -> MigrateResult:
    """Undo the last `count` migrations with their `.rollback.sql` files, all in one transaction.

    Functions, views and guards become what the tree at `back_to` says (default: the same tree); if its bodies
    do not compile on the older facts, nothing happens. Raises as `migrate`.
    """
    tree = SqlTree.at(sql_dir)
    limits = _Limits(lock_budget, attempts)
    with _deploying(dsn, SqlTree.at(back_to) if back_to else tree, limits, progress) as deploy:
        return deploy.run_back(tree, count)


@dataclass(frozen=True)
class _Limits:
    """How long a transaction may wait for locks, in seconds, and how often it is tried."""

    budget: float
    attempts: int


@contextmanager
def _deploying(
    dsn: str, tree: SqlTree, limits: _Limits, progress: Progress | None, observe: Observer | None = None
) -> Iterator[_Deploy]:
    """A session that holds the deploy lock."""
    say = progress or (lambda _: None)
    with (
        connect(dsn, "reserve-db migrate") as conn,
        connect(dsn, "reserve-db migrate (watch)") as second,
        deploy_lock(conn, second, say),
    ):
        conn.execute(START)
        conn.add_notice_handler(lambda notice: _pass_on(notice, say))
        yield _Deploy(tree, conn, second, limits, say, observe)


class _Deploy:
    """One run of `migrate` or `rollback` over an open, locked session."""

    def __init__(
        self,
        tree: SqlTree,
        conn: psycopg.Connection,
        second: psycopg.Connection,
        limits: _Limits,
        say: Progress,
        observe: Observer | None,
    ) -> None:
        self._tree = tree
        self._conn = conn
        self._second = second
        self._budget = limits.budget
        self._attempts = limits.attempts
        self._say = say
        self._observe = observe or (lambda *_: None)
        self._started = time.monotonic()
        self._history = History(conn)
        self._pid = scalar(conn, BACKEND)
        self._tried = 1

    def run(self) -> MigrateResult:
        refuse_open_defaults(self._conn, self._tree.modules)
        pending = self._history.pending(migrations_in_order(self._tree))
        if upgraded := self._history.server_changed():
            self._in_budget(self._adopt_upgrade)
        before = self._found()
        work, drift = self._foreseen([migration.file for migration in pending], before)
        if not pending and not work:
            return self._timed(MigrateResult(drift=[str(d) for d in drift], changed=upgraded))

        batches = split(pending, before)
        locks = steps.lock_first(self._conn, [batch.facts for batch in batches], work)
        for batch, first in zip(batches[:-1], locks, strict=False):
            if batch.alone:
                self._run_alone(batch.migrations[0])
            else:
                self._in_budget(partial(self._migrate_only, batch, first))
        result = MigrateResult(migrations=[migration.id for migration in pending])
        return self._finish_in_budget(partial(self._run_migrations, batches[-1], locks[-1]), result)

    def run_back(self, newer: SqlTree, count: int) -> MigrateResult:
        known = migrations_in_order(newer)
        undone = undoable(known, self._history.pending(known), count)
        if self._history.server_changed():
            self._in_budget(self._adopt_upgrade)
        remaining = migrations_in_order(self._tree)
        files = [file for _, file in undone]
        work, _ = self._foreseen(files, self._found())
        (first,) = steps.lock_first(self._conn, [files], work)

        def undo(watch: Watch) -> None:
            self._run_all(first, watch)
            for migration, file in undone:
                self._say(file.name)
                self._run_together(Step(file.name, file.text), watch)
                self._history.unmark(migration)
            self._history.refuse_others(remaining, {migration.id for migration, _ in undone})

        return self._finish_in_budget(undo, MigrateResult(rolled_back=[m.id for m, _ in undone]))

    def _finish_in_budget(self, facts: Callable[[Watch], None], result: MigrateResult) -> MigrateResult:
        self._in_budget(lambda watch: self._finish(facts, result, watch))
        result.attempts = self._tried
        return self._timed(result)

    def _timed(self, result: MigrateResult) -> MigrateResult:
        result.seconds = round(time.monotonic() - self._started, 3)
        return result

    # one transaction

    def _in_budget(self, work: Callable[[Watch], Done]) -> Done:
        """Run `work` in a transaction; if its waits exceed the budget, undo it, let others pass, retry."""
        for attempt in range(1, self._attempts + 1):
            try:
                return self._transaction(work)
            except BlockedError as blocked:
                if attempt == self._attempts:
                    raise
                pause = random.uniform(0.5, 1.5) * attempt  # noqa: S311
                self._say(
                    f"{blocked}\nrolled back; attempt {attempt + 1} of {self._attempts} in {pause:.1f} s"
                )
                time.sleep(pause)
                self._tried += 1
        raise AssertionError

    def _transaction(self, work: Callable[[Watch], Done]) -> Done:
        with Watch(self._second, self._pid, self._budget, self._say) as watch:
            try:
                with self._conn.transaction():
                    self._conn.execute(f"set local lock_timeout = '{2 * self._budget:g}s'")
                    self._history.create()
                    done = work(watch)
                    watch.stop()
            except errors.QueryCanceled as error:
                raise watch.blocked or DeployError(f"the deploy was cancelled: {error}") from error
            except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
                raise BlockedError(str(error).strip()) from error
        return done

    def _migrate_only(self, batch: Batch, first: list[Step], watch: Watch) -> None:
        """A transaction of migrations that is not the last one."""
        before = self._found()
        self._run_migrations(batch, first, watch)
        self._adopt(before)

    def _run_alone(self, migration: Migration) -> None:
        """A migration that no transaction can hold. What a failed attempt left of its index goes first."""
        before = self._found()
        self._conn.execute("set lock_timeout = 0")
        indexes = [index for index, _ in concurrent_indexes(migration.file.code)]
        for index in self._invalid(indexes):
            self._say(f"{index} is invalid, left by an attempt that failed: dropping it")
            self._conn.execute(f"drop index concurrently {index}")
        self._say(migration.file.name)
        with Watch(self._second, self._pid, None, self._say) as watch:
            self._run(steps.migration_step(migration, together=False), watch)
        if invalid := self._invalid(indexes):
            raise DeployError(f"{migration.file.name} left an invalid index: {', '.join(invalid)}")
        self._conn.execute(START)
        with self._conn.transaction():
            self._history.create()
            self._history.mark(migration)
            self._adopt(before, self._left_by_an_attempt(migration, before))

    def _adopt_upgrade(self, _: Watch) -> None:
        """Another major version prints the catalog in other words: take these as the fingerprint."""
        self._say("the server was upgraded since the last deploy: what is there now is taken as deployed")
        self._history.store_catalog(self._found())
        self._history.record({"server": str(self._conn.info.parameter_status("server_version"))})

    def _adopt(self, before: Catalog, also: Iterable[Key] = ()) -> None:
        """Expect the facts that migrations just made; what files decide is settled at the end."""
        after = self._found()
        changed = {difference.key for difference in compare(before, after)}.union(also)
        self._history.expect((key, after.get(key)) for key in changed if not decided_by(key, self._tree))

    def _left_by_an_attempt(self, migration: Migration, before: Catalog) -> list[Key]:
        """What a lone migration had done already when an earlier run was cut off before it was recorded."""
        drift = self._history.drift(before)
        return [d.key for d in drift if (d.key[2] or d.key[1]) in migration.file.code]

    def _finish(self, facts: Callable[[Watch], None], result: MigrateResult, watch: Watch) -> None:
        """The last transaction: facts, behaviour, views, guards, record."""
        tree, history = self._tree, self._history
        before = self._found()
        drift = history.drift(before)
        facts(watch)
        facts_changed = bool(result.migrations or result.rolled_back)
        migrated = self._found() if facts_changed else before
        work = Work.find(tree, history.hashes(), history.drift(migrated), migrated, migrated=facts_changed)

        refuse_orphans(tree, work, migrated)
        final = steps.final_steps(work, tree, migrated)
        self._run_all(final.reset, watch)
        with refusing_unmade_functions(self._conn, tree) if work.functions else nullcontext():
            self._run_all(final.functions, watch)
        self._run_all(final.views, watch)
        try:
            self._run_all(final.validation, watch)
        except FileError as broken:
            raise self._located(broken, watch) from broken
        self._run_all(final.guards, watch)

        after = self._found()
        lasting = [d for d in drift if after.get(d.key) == d.found and not work.covers(d.key, tree)]
        result.functions = work.functions
        result.views = {file.name: why for file, why in work.views.items()}
        result.guards = {file.name: why for file, why in work.guards.items()}
        result.drift = [str(difference) for difference in lasting]
        result.changed = True
        history.remember([*tree.functions, *work.views, *work.guards])
        history.forget(work.removed)
        history.store_catalog(after)
        history.expect((d.key, d.expected) for d in lasting)
        history.record(asdict(result))

    # pieces

    def _foreseen(self, files: Sequence[SqlFile], before: Catalog) -> tuple[Work, list[Difference]]:
        """What there will be to do, and the drift, after these files of facts, as far as their text tells."""
        after = without_dropped(before, files)
        drift = self._history.drift(after)
        return Work.find(self._tree, self._history.hashes(), drift, after, migrated=bool(files)), drift

    def _run_migrations(self, batch: Batch, first: list[Step], watch: Watch) -> None:
        self._run_all(first, watch)
        for migration in batch.migrations:
            self._say(migration.file.name)
            self._run_together(steps.migration_step(migration, together=True), watch)
            self._history.mark(migration)

    def _run_together(self, step: Step, watch: Watch) -> None:
        """A file of facts that must leave the open transaction and the session as they are."""
        transaction = scalar(self._conn, _TRANSACTION)
        self._run(step, watch)
        if scalar(self._conn, _TRANSACTION) != transaction:
            raise DeployError(f"{step.name} ends the transaction it runs in: take out commit and rollback")
        self._conn.execute(SETTINGS)

    def _located(self, broken: FileError, watch: Watch) -> DeployError:
        """Where in the files the bodies are broken, as far as files make them."""
        self._conn.execute("set local check_function_bodies = on")
        found: list[str] = []
        for file in self._tree.functions:
            try:
                self._run(Step(file.name, file.text, probe=True), watch)
            except FileError as error:
                found.append(str(error))
        return DeployError("\n".join(found)) if found else broken

    def _run_all(self, todo: Iterable[Step], watch: Watch) -> None:
        for step in todo:
            self._run(step, watch)

    def _run(self, step: Step, watch: Watch) -> None:
        """Send the SQL in one piece, over the simple protocol."""
        watch.step(step.name)
        if step.why:
            self._say(f"{step.name}: {step.why}")
        started = time.monotonic()
        try:
            with self._conn.transaction(force_rollback=True) if step.probe else nullcontext():
                self._conn.execute(step.sql)
        except psycopg.Error as error:
            if isinstance(error, _PASSING) or self._conn.closed:
                raise
            raise FileError(step.name, step.sql, error) from error
        self._observe(self._conn, step, time.monotonic() - started)

    def _found(self) -> Catalog:
        return self._history.found(self._tree.modules)

    def _invalid(self, indexes: list[str]) -> list[str]:
        rows = self._conn.execute(
            "select indexrelid::regclass::text from pg_index "
            "where not indisvalid and indexrelid in (select to_regclass(x) from unnest(%s::text[]) as x)",
            (indexes,),
        )
        return [row[0] for row in rows]


def _pass_on(notice: psycopg.errors.Diagnostic, say: Progress) -> None:
    """Warnings, and what migrations say themselves; not that something exists or not and is skipped."""
    if notice.severity_nonlocalized == "WARNING" or notice.source_function == "exec_stmt_raise":
        say(f"  {notice.message_primary}")
