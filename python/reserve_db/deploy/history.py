"""What the database remembers about deploys: yoyo's tables and ours, all in schema `deploy`."""

from __future__ import annotations

import getpass
import json
import re
import socket
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import version
from typing import Any

import psycopg
from yoyo import internalmigrations, read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration as YoyoMigration
from yoyo.migrations import default_migration_table, parse_metadata_from_sql_comments
from yoyo.topologicalsort import CycleError, topological_sort

from reserve_db.deploy.catalog import Catalog, Difference, Key, compare, read_catalog
from reserve_db.deploy.errors import DeployError, HistoryError
from reserve_db.sqltree import SqlFile, SqlTree

# What runs alone may be done and yet not recorded when the machine stops.
_ONCE = re.compile(
    r"\b(?:create\s+(?:unique\s+)?index\s+concurrently|add\s+value|drop\s+index\s+concurrently)\s+(?!if\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Migration:
    """One migration file as yoyo knows it."""

    file: SqlFile
    yoyo: YoyoMigration
    transactional: bool

    @property
    def id(self) -> str:
        return str(self.yoyo.id)


def migrations_in_order(tree: SqlTree) -> list[Migration]:
    """All migrations of the tree, by name and `-- depends:`."""
    files = {file.path.stem: file for file in tree.migrations}
    known = read_migrations(str(tree.root / "migrations"))
    for stray in [*known.post_apply, *(m for m in known if m.id not in files)]:
        raise DeployError(
            f"{stray.path}: migrations are .sql files; what is re-applied belongs in functions/"
        )
    found: dict[str, Migration] = {}
    needs: dict[str, set[str]] = {}
    for migration in known:
        file = files[migration.id]
        if not file.code.strip():
            raise DeployError(f"{file.name} holds no statement: once applied, it could not be filled in")
        if not _is_transactional(file) and _ONCE.search(file.code):
            raise DeployError(
                f"{file.name} cannot be repeated if it is cut off: say `if not exists` (or `if exists`)"
            )
        found[migration.id] = Migration(file, migration, _is_transactional(file))
        needs[migration.id] = set(_directives(file).get("depends", "").split())
        if unknown := needs[migration.id] - files.keys():
            raise DeployError(
                f"{files[migration.id].name} depends on {', '.join(sorted(unknown))}: no such file"
            )
    try:
        return [found[name] for name in topological_sort(found, needs)]
    except CycleError as error:
        raise DeployError(f"these migrations depend on each other: {', '.join(error.args[1])}") from error


def _is_transactional(file: SqlFile) -> bool:
    return _directives(file).get("transactional", "true").strip().lower() != "false"


def _directives(file: SqlFile) -> dict[str, str]:
    """What yoyo reads from the comments at the head of a file, such as `-- depends:`."""
    directives, _, _ = parse_metadata_from_sql_comments(file.text)
    return dict(directives)


def undoable(
    known: Sequence[Migration], pending: Sequence[Migration], count: int
) -> list[tuple[Migration, SqlFile]]:
    """The last `count` applied migrations, newest first, with the files that undo them.

    Refuses unless each can be undone inside the one transaction of a rollback.
    """
    applied = [migration for migration in known if migration not in pending]
    if count > len(applied):
        raise DeployError(f"only {len(applied)} migrations are applied here, {count} cannot be undone")
    last = applied[-count:][::-1]
    undone = [(migration, migration.file.rollback) for migration in last]
    if missing := [migration.file.name for migration, file in undone if not file.path.is_file()]:
        raise DeployError(
            f"{', '.join(missing)}: no .rollback.sql file says how to undo this. Nothing was changed; "
            "write a migration that goes forward, or restore a backup"
        )
    for _, file in undone:
        if not _is_transactional(file):
            raise DeployError(f"{file.name}: a rollback is one transaction, this file says it fits in none")
    return undone


class _YoyoBackend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's bookkeeping on our connection: its transactions become ours, or savepoints within ours."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self._given = conn
        here = DatabaseURI("postgresql+psycopg", None, None, None, None, conn.info.dbname, {})
        super().__init__(here, default_migration_table)

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection:  # noqa: ARG002
        return self._given

    def transaction(self, rollback_on_exit: bool = False) -> Any:
        return self._given.transaction(force_rollback=rollback_on_exit)

    def ensure_internal_schema_updated(self) -> None:
        """History.create() sees to it, once instead of before every mark."""

    def get_log_data(
        self, migration: YoyoMigration | None = None, operation: str = "apply"
    ) -> dict[str, object]:
        """As yoyo's, without the name lookup that can hang where there is no DNS."""
        user, _, host = client_name().partition("@")
        return {
            "id": str(uuid.uuid1()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": user,
            "hostname": host,
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


class History:
    """Reads and writes schema `deploy`. It can be read before it exists: then nothing was deployed."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self._conn = conn
        self._yoyo = _YoyoBackend(conn)

    @property
    def exists(self) -> bool:
        row = self._conn.execute("select to_regclass('deploy.deploys') is not null").fetchone()
        return bool(row and row[0])

    def create(self) -> None:
        """Make what is missing of schema `deploy`."""
        self._conn.execute((resources.files(__package__) / "schema.sql").read_text(encoding="utf-8"))
        with self._yoyo_names():
            if internalmigrations.needs_upgrading(self._yoyo):
                self._yoyo.create_lock_table()
                internalmigrations.upgrade(self._yoyo)

    def hashes(self) -> dict[str, str]:
        """sha256 of every file as it was last applied."""
        if not self.exists:
            return {}
        return dict(self._conn.execute("select file, sha256 from deploy.objects").fetchall())

    def pending(self, migrations: Sequence[Migration]) -> list[Migration]:
        """Those not applied yet. Refuses a history that no longer matches the files."""
        if not self.exists:
            return list(migrations)
        with self._yoyo_names():
            applied = set(self._yoyo.get_applied_migration_hashes())
        hashes = {name: sha for name, sha in self.hashes().items() if name.startswith("migrations/")}
        for migration in migrations:
            name = migration.file.name
            recorded = hashes.pop(name, None)
            if migration.yoyo.hash in applied and recorded != migration.file.sha256:
                raise HistoryError(
                    f"{name} was edited after it was applied: put its old text back and write a new migration"
                )
        if hashes:
            raise HistoryError(
                f"{', '.join(sorted(hashes))}: applied to this database, but not among the files. "
                "Is this an older checkout than the last one deployed?"
            )
        return [migration for migration in migrations if migration.yoyo.hash not in applied]

    def mark(self, migration: Migration) -> None:
        """Record a migration as applied."""
        with self._yoyo_names():
            self._yoyo.mark_one(migration.yoyo, log=False)
            self._yoyo.log_migration(migration.yoyo, "apply")
        self.remember([migration.file])

    def unmark(self, migration: Migration) -> None:
        """Record a migration as undone."""
        with self._yoyo_names():
            self._yoyo.unmark_one(migration.yoyo, log=False)
            self._yoyo.log_migration(migration.yoyo, "rollback")
        self.forget([migration.file.name])

    def refuse_others(self, migrations: Sequence[Migration], undone: set[str]) -> None:
        """Refuse files that are not those of this database, now that some of its migrations are undone."""
        if others := [m.file.name for m in self.pending(migrations) if m.id not in undone]:
            raise HistoryError(f"{', '.join(others)}: was never applied here, run reserve-db migrate first")

    def remember(self, files: Iterable[SqlFile]) -> None:
        """Record the hashes of applied files."""
        with self._conn.cursor() as cursor:
            cursor.executemany(
                "insert into deploy.objects (file, sha256) values (%s, %s) on conflict (file) do update "
                "set (sha256, applied_at, applied_by) = "
                "(excluded.sha256, excluded.applied_at, excluded.applied_by) "
                "where objects.sha256 <> excluded.sha256",
                [(file.name, file.sha256) for file in files],
            )

    def forget(self, names: Iterable[str]) -> None:
        """Drop the record of files that no longer exist."""
        self._conn.execute("delete from deploy.objects where file = any (%s)", (list(names),))

    def catalog(self) -> Catalog:
        """The fingerprint the last deploy left."""
        rows = self._conn.execute("select kind, parent, name, definition from deploy.catalog")
        return {(kind, parent, name): definition for kind, parent, name, definition in rows}

    def found(self, modules: Iterable[str] = ()) -> Catalog:
        """The fingerprint as it is now, of these modules and of those that the last deploy knew."""
        known = "select parent from deploy.catalog where kind = 'schema'"
        schemas = self._conn.execute(known).fetchall() if self.exists else []
        return read_catalog(self._conn, {*modules, *(schema for (schema,) in schemas)})

    def drift(self, found: Catalog) -> list[Difference]:
        """What is not as the last deploy left it; nothing can be said where the server was upgraded since."""
        if self.last() is None or self.server_changed():
            return []
        return compare(self.catalog(), found)

    def server_changed(self) -> bool:
        """Is the major version another than at the last deploy? Then the catalog prints differently."""
        last = self.last()
        return (
            last is not None
            and int(last["server_version_num"]) // 10000 != self._conn.info.server_version // 10000
        )

    def store_catalog(self, catalog: Catalog) -> None:
        """Replace the fingerprint."""
        self._conn.execute("delete from deploy.catalog")
        with (
            self._conn.cursor() as cursor,
            cursor.copy("copy deploy.catalog (kind, parent, name, definition) from stdin") as copy,
        ):
            for key, definition in catalog.items():
                copy.write_row((*key, definition))

    def expect(self, changes: Iterable[tuple[Key, str | None]]) -> None:
        """Correct single objects of the fingerprint; None takes one out."""
        for key, definition in changes:
            self._conn.execute("delete from deploy.catalog where (kind, parent, name) = (%s, %s, %s)", key)
            if definition is not None:
                self._conn.execute("insert into deploy.catalog values (%s, %s, %s, %s)", (*key, definition))

    def last(self) -> dict[str, Any] | None:
        """The last deploy: when, by whom, from where, what."""
        if not self.exists:
            return None
        row = self._conn.execute(
            "select to_jsonb(d) from deploy.deploys as d order by id desc limit 1"
        ).fetchone()
        return dict(row[0]) if row else None

    def record(self, summary: dict[str, object]) -> None:
        """Add this deploy to the list."""
        self._conn.execute(
            "insert into deploy.deploys (client, product_version, summary) values (%s, %s, %s)",
            (client_name(), version("reserve-db"), json.dumps(summary)),
        )

    @contextmanager
    def _yoyo_names(self) -> Iterator[None]:
        """yoyo names its tables without a schema."""
        self._conn.execute("set search_path = deploy")
        yield
        self._conn.execute("set search_path = ''")


def client_name() -> str:
    """`user@host` of whoever runs the deploy."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
