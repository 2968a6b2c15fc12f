"""Brings a database to what the files say.

Pending migrations run in order, in one transaction up to the next `-- transactional: false` file, which runs
alone. The last transaction also replaces the functions, re-creates changed views, validates every body and,
last and under one wait budget, re-applies the guard files of those tables whose guard changed or drifted.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import errors

from reserve_db.connection import connect
from reserve_db.deploy import steps
from reserve_db.deploy.catalog import CLIENT_ROLES, Catalog, compare, read_catalog
from reserve_db.deploy.errors import BlockedError, DeployError, FileError, OrphanError
from reserve_db.deploy.history import History, Migration, migrations_in_order
from reserve_db.deploy.session import SETTINGS, Progress, Watch, deploy_lock
from reserve_db.deploy.steps import Step
from reserve_db.deploy.work import Batch, Work, decided_by, split
from reserve_db.sqltree import SqlTree

ATTEMPTS = 5
Done = TypeVar("Done")


@dataclass
class MigrateResult:
    """What a deploy did; for functions, views and guards with the reason why they were touched."""

    migrations: list[str] = field(default_factory=list)
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
) -> MigrateResult:
    """Deploy the tree at `sql_dir` (default: the packaged one).

    `lock_budget` is how many seconds one transaction may wait for locks in all; when it runs out the
    transaction is rolled back and tried again, `attempts` times in all.
    Raises DeployError, SqlTreeError or CannotConnectError.
    """
    tree = SqlTree.at(sql_dir)
    say = progress or (lambda _: None)
    started = time.monotonic()
    with (
        connect(dsn, "reserve-db migrate") as conn,
        connect(dsn, "reserve-db migrate (watch)") as second,
        deploy_lock(conn, second, say),
    ):
        conn.execute(SETTINGS)
        conn.add_notice_handler(lambda notice: say(f"  {notice.severity}: {notice.message_primary}"))
        result = _Deploy(tree, conn, second, lock_budget, attempts, say).run()
    result.seconds = round(time.monotonic() - started, 3)
    return result


class _Deploy:
    """One run of `migrate` over an open, locked session."""

    def __init__(
        self,
        tree: SqlTree,
        conn: psycopg.Connection,
        second: psycopg.Connection,
        budget: float,
        attempts: int,
        say: Progress,
    ) -> None:
        self._tree = tree
        self._conn = conn
        self._second = second
        self._budget = budget
        self._attempts = attempts
        self._say = say
        self._history = History(conn)
        self._tried = 1

    def run(self) -> MigrateResult:
        pending = self._history.pending(migrations_in_order(self._tree))
        before = self._catalog()
        drift = self._history.drift(before)
        work = Work.find(self._tree, self._history.hashes(), drift, before, migrated=bool(pending))
        if not pending and not work and not self._history.server_changed():
            return MigrateResult(drift=[str(difference) for difference in drift])

        batches = split(pending, before)
        for batch in batches[:-1]:
            if batch.alone:
                self._run_alone(batch.migrations[0])
            else:
                self._in_budget(lambda watch, batch=batch: self._migrate_only(batch, watch))  # type: ignore[misc]
        result = self._in_budget(lambda watch: self._finish(batches[-1], pending, watch))
        result.attempts = self._tried
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
        pid = self._conn.info.backend_pid
        with Watch(self._second, pid, self._budget, self._say) as watch:
            try:
                with self._conn.transaction():
                    done = work(watch)
                    watch.stop()
            except errors.QueryCanceled as error:
                raise watch.blocked or DeployError(f"the deploy was cancelled: {error}") from error
            except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
                raise BlockedError(str(error).strip()) from error
            except psycopg.OperationalError as error:
                raise DeployError(f"the connection broke: {error}".strip()) from error
        return done

    def _migrate_only(self, batch: Batch, watch: Watch) -> None:
        self._history.create()
        before = self._catalog()
        self._run_migrations(batch, watch)
        changes = compare(before, self._catalog())
        self._history.expect((d.key, d.found) for d in changes if not decided_by(d.key, self._tree))

    def _finish(self, batch: Batch, pending: list[Migration], watch: Watch) -> MigrateResult:
        """The last transaction: facts, behaviour, views, guards, record."""
        tree, history = self._tree, self._history
        history.create()
        before = self._catalog()
        drift = history.drift(before)
        self._run_migrations(batch, watch)
        migrated = before if not batch.migrations else self._catalog()
        work = Work.find(tree, history.hashes(), history.drift(migrated), migrated, migrated=bool(pending))

        if work.functions:
            self._say(f"functions: {work.functions}")
            self._replace_functions(work, migrated, watch)
        for file, why in work.views.items():
            self._say(f"{file.name}: {why}")
            self._run_all(steps.view_steps(file, migrated, self._roles()), watch)
        if work.functions or work.views:
            self._run(Step("validation", steps.for_schemas(steps.VALIDATE, tree.modules)), watch)
        self._refuse_orphans(work, migrated)
        if work.guards:
            self._run(steps.lock_step(work.guards), watch)
        for file, why in work.guards.items():
            self._say(f"{file.name}: {why}")
            self._run_all(steps.guard_steps(file, migrated, self._roles()), watch)

        after = self._catalog()
        lasting = [d for d in drift if after.get(d.key) == d.found and not work.covers(d.key, tree)]
        result = MigrateResult(
            migrations=[migration.id for migration in pending],
            functions=work.functions,
            views={file.name: why for file, why in work.views.items()},
            guards={file.name: why for file, why in work.guards.items()},
            drift=[str(difference) for difference in lasting],
            changed=True,
        )
        self._run(Step("notify", steps.NOTIFY), watch)
        history.remember([*tree.functions, *work.views, *work.guards])
        history.forget(work.removed)
        history.store_catalog(after)
        history.expect((d.key, d.expected) for d in lasting)
        history.record(asdict(result))
        return result

    # pieces

    def _run_alone(self, migration: Migration) -> None:
        """A migration that no transaction can hold. What a failed attempt left of its index goes first."""
        indexes = [index for index, _ in steps.concurrent_indexes(migration.file.code)]
        with self._conn.transaction():
            self._history.create()
        for index in self._invalid(indexes):
            self._say(f"{index} is invalid, left by an attempt that failed: dropping it")
            self._conn.execute(f"drop index concurrently {index}")
        with Watch(self._second, self._conn.info.backend_pid, None, self._say) as watch:
            self._run(steps.migration_step(migration.file, transactional=True), watch)
        if invalid := self._invalid(indexes):
            raise DeployError(f"{migration.file.name} left an invalid index: {', '.join(invalid)}")
        self._conn.execute(SETTINGS)
        with self._conn.transaction():
            self._history.mark(migration)

    def _run_migrations(self, batch: Batch, watch: Watch) -> None:
        transaction = self._transaction_id()
        for migration in batch.migrations:
            self._say(f"{migration.file.name}")
            self._run(steps.migration_step(migration.file, transactional=migration.transactional), watch)
            if self._transaction_id() != transaction:
                raise DeployError(
                    f"{migration.file.name} ends the transaction it runs in: take out commit and rollback"
                )
            self._conn.execute(SETTINGS)
            self._history.mark(migration)

    def _replace_functions(self, work: Work, catalog: Catalog, watch: Watch) -> None:
        tree, conn = self._tree, self._conn
        self._run_all(steps.reset_functions(work.suspects, catalog, self._roles()), watch)
        before = {
            name: version for name, _, version in conn.execute(steps.FUNCTION_VERSIONS, (list(tree.modules),))
        }
        self._run_all([Step(file.name, file.text, file) for file in tree.functions], watch)
        after = conn.execute(steps.FUNCTION_VERSIONS, (list(tree.modules),))
        untouched = {name: plain for name, plain, version in after if before.get(name) == version}
        by_migrations = {name for file in tree.migrations for name in file.functions}
        if orphans := sorted(name for name, plain in untouched.items() if plain not in by_migrations):
            raise OrphanError(
                f"no file makes {', '.join(orphans)}: put the file back, or drop it in a migration"
            )
        self._run(Step("rights of public", steps.for_schemas(steps.REVOKE_PUBLIC, tree.modules)), watch)

    def _refuse_orphans(self, work: Work, catalog: Catalog) -> None:
        """No view without a file, no guarded table whose guard file is gone."""
        tree = self._tree
        made = {name for file in (*tree.views, *tree.migrations) for name in file.views}
        views = [
            parent
            for kind, parent, _ in catalog
            if kind in {"view", "materialized view"} and parent not in made
        ]
        if views:
            raise OrphanError(
                f"no file makes the view {', '.join(views)}: put the file back, or drop it in a migration"
            )
        for name in work.removed:
            folder, _, rest = name.partition("/")
            table = rest.removesuffix(".sql").replace("/", ".")
            if folder == "policies" and ("table", table, "") in catalog:
                raise OrphanError(
                    f"{name} is gone, but {table} is still there: put the file back, or drop the table"
                )

    def _run_all(self, todo: Iterable[Step], watch: Watch) -> None:
        for step in todo:
            self._run(step, watch)

    def _run(self, step: Step, watch: Watch) -> None:
        """Send the SQL in one piece, over the simple protocol."""
        watch.step(step.name)
        try:
            self._conn.execute(step.sql)
        except (
            errors.QueryCanceled,
            errors.LockNotAvailable,
            errors.DeadlockDetected,
            psycopg.OperationalError,
        ):
            raise
        except psycopg.Error as error:
            raise FileError(step, error) from error

    def _catalog(self) -> Catalog:
        return read_catalog(self._conn, self._tree.modules)

    def _roles(self) -> list[str]:
        rows = self._conn.execute(
            "select rolname from pg_roles where rolname = any (%s) order by 1", (list(CLIENT_ROLES),)
        )
        return [row[0] for row in rows]

    def _transaction_id(self) -> object:
        row = self._conn.execute("select pg_current_xact_id()::text").fetchone()
        return row and row[0]

    def _invalid(self, indexes: list[str]) -> list[str]:
        rows = self._conn.execute(
            "select indexrelid::regclass::text from pg_index "
            "where not indisvalid and indexrelid in (select to_regclass(x) from unnest(%s::text[]) as x)",
            (indexes,),
        )
        return [row[0] for row in rows]
