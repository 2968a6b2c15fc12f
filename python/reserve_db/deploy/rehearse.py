"""A deploy tried out: on a throw-away server, over a copy of the schema, with the real engine."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from reserve_db.connection import connect
from reserve_db.deploy.catalog import Catalog, Difference, compare, read_catalog
from reserve_db.deploy.engine import migrate
from reserve_db.deploy.errors import DeployError
from reserve_db.deploy.history import History
from reserve_db.deploy.locks import MODES
from reserve_db.deploy.session import Progress, reading, scalar
from reserve_db.deploy.steps import Step
from reserve_db.servers import (
    EMBEDDED_MAJOR,
    EmbeddedServer,
    ServerError,
    installations,
    own,
    server_user,
    temporary_home,
)
from reserve_db.sqltree import SqlTree

RESTORER = "reserve-db rehearsal"
BOOTSTRAP = "reserve-db bootstrap"
DATABASE = "rehearsal"

_LITERAL_ROWS = re.compile(r"\binsert\s+into\s+(\w+\.\w+)\b[^;]*?\bvalues\b", re.IGNORECASE)
_NOT_FOR_THE_SERVER = re.compile(r"^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*)$", re.MULTILINE)

_LOCKS = """
select c.oid::regclass::text, lower(regexp_replace(replace(l.mode, 'Lock', ''), '(?<!^)([A-Z])', ' \\1', 'g'))
from pg_locks as l join pg_class as c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and c.relkind in ('r', 'p', 'v', 'm')
order by 1
"""

_ROLES = """
select format('create role %I', rolname)
  || case when rolsuper then ' superuser' else '' end || case when rolinherit then '' else ' noinherit' end
  || case when rolcreaterole then ' createrole' else '' end || case when rolcanlogin then ' login' else '' end
  || case when rolbypassrls then ' bypassrls' else '' end
from pg_roles where rolname !~ '^pg_' order by 1
"""
# Version 16 gave memberships more options and an automatic one for whoever makes a role.
_MEMBERS = """
select format('grant %%I to %%I', g.rolname, m.rolname) || case
  when not %s then case when a.admin_option then ' with admin option' else '' end
  else format(' with admin %%s, inherit %%s, set %%s', a.admin_option::text,
    coalesce(to_jsonb(a) ->> 'inherit_option', m.rolinherit::text),
    coalesce(to_jsonb(a) ->> 'set_option', 'true')) end
from pg_auth_members as a join pg_roles as g on g.oid = a.roleid join pg_roles as m on m.oid = a.member
where m.rolname !~ '^pg_'
order by a.admin_option desc
"""

_USERS = """
select format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
from pg_attribute as a join pg_type as t on t.oid = a.atttypid
where a.attrelid = to_regclass('auth.users') and a.attnum > 0 and not a.attisdropped
  and t.typnamespace = 'pg_catalog'::regnamespace
order by a.attnum
"""
_WHO_IS_ASKING = """
select pg_get_functiondef(p.oid) from pg_proc as p
where p.pronamespace = to_regnamespace('auth') and p.proname in ('uid', 'role', 'jwt') and p.pronargs = 0
"""

_COLUMNS = """
select quote_ident(a.attname), a.attidentity <> ''
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""
_COUNT_ON = "select setval(pg_get_serial_sequence(%s, %s), max({column})) from {table}"


@dataclass(frozen=True)
class RehearsedStep:
    """One step, how long it took, and which locks it took on what was there before."""

    name: str
    seconds: float
    locks: list[tuple[str, str]]


@dataclass(frozen=True)
class Rehearsal:
    """What a deploy did to the copy."""

    server_version: str
    steps: list[RehearsedStep]
    changes: list[Difference]
    notes: list[str]

    def as_json(self) -> dict[str, object]:
        return {
            **asdict(self),
            "changes": [{"object": c.object, "before": c.expected, "after": c.found} for c in self.changes],
        }


def rehearse(dsn: str, sql_dir: Path | None = None, progress: Progress | None = None) -> Rehearsal:
    """Copy the schema of this database, without its business, and deploy over the copy.

    Only reads here, as `pg_dump --schema-only` does (a moment of ACCESS SHARE on each table). With the schema
    go the rows of schema `deploy` and of the tables that migrations fill with literal values.
    Raises DeployError as `migrate` would, ServerError where a program is missing.
    """
    say = progress or (lambda _: None)
    tree = SqlTree.at(sql_dir)
    with connect(dsn, "reserve-db rehearsal") as source:
        major = source.info.server_version // 10000
    rehearsing = major if major in installations() else EMBEDDED_MAJOR
    notes = [] if rehearsing == major else [f"PostgreSQL {major} is not installed here"]
    say(f"starting a throw-away PostgreSQL {rehearsing}")
    with _throw_away(rehearsing) as server:
        with reading(dsn, "reserve-db rehearsal") as source:
            copy = _Copy(source, dsn, server, tree)
            notes += copy.make()
        if rehearsing == major:
            differences = compare(copy.original, copy.catalog())
            notes += [f"the copy is not exact: {difference}" for difference in differences]
        return _try_out(copy, tree, notes)


def _try_out(copy: _Copy, tree: SqlTree, notes: list[str]) -> Rehearsal:
    before = copy.catalog()
    known = {parent for _, parent, _ in before}
    steps: list[RehearsedStep] = []
    held: dict[str, int] = {}

    def observe(conn: psycopg.Connection, step: Step, seconds: float) -> None:
        nonlocal held
        now: dict[str, int] = {}
        for relation, mode in conn.execute(_LOCKS):
            if relation in known:
                now[relation] = max(now.get(relation, 0), MODES.index(mode))
        taken = [(name, MODES[mode]) for name, mode in now.items() if mode > held.get(name, 0)]
        steps.append(RehearsedStep(step.name, seconds, taken))
        held = now

    try:
        migrate(copy.dsn, tree.root, observe=observe)
    except DeployError as error:
        raise DeployError(f"the rehearsal failed: {error}") from error
    version = copy.server_version()
    return Rehearsal(version, steps, compare(before, copy.catalog()), notes)


@contextmanager
def _throw_away(major: int) -> Iterator[str]:
    """A new server that is gone afterwards. Nobody else can log in: it asks for a random password."""
    home = temporary_home()
    own(server_user(), home)
    try:
        with EmbeddedServer(home, major) as dsn:
            yield dsn
    finally:
        shutil.rmtree(home, ignore_errors=True)


class _Copy:
    """The database again on another server: its roles, its schemas, and the rows that are part of them."""

    def __init__(self, source: psycopg.Connection, dsn: str, server: str, tree: SqlTree) -> None:
        self._source = source
        self._source_dsn = dsn
        self._tree = tree
        self._password = secrets.token_urlsafe(32)
        self.original: Catalog = History(source).found(tree.modules)
        self.schemas = sorted(parent for kind, parent, _ in self.original if kind == "schema")
        self._restorer = make_conninfo(server, user=RESTORER, password=self._password)
        self._deployer = str(scalar(source, "select session_user"))
        self.dsn = make_conninfo(server, user=self._deployer, password=self._password, dbname=DATABASE)
        with connect(server, RESTORER) as bootstrap:
            self._run(
                bootstrap, "create role {} superuser login password {}", RESTORER, literal=self._password
            )

    def make(self) -> list[str]:
        """Fill the server; returns what had to be left out."""
        with connect(self._restorer, RESTORER) as server:
            self._run(server, "alter role postgres rename to {}", BOOTSTRAP)
            self._make_roles(server)
            self._make_database(server)
        with connect(make_conninfo(self._restorer, dbname=DATABASE), RESTORER) as copy:
            self._make_auth(copy)
            if self.schemas:
                copy.execute(self._dump())
            copy.execute("set search_path = ''; set session_replication_role = replica")
            return [note for table in self._tables_with_facts() for note in self._copy_rows(copy, table)]

    def catalog(self) -> Catalog:
        with reading(self.dsn, RESTORER) as copy:
            return read_catalog(copy, {*self.schemas, *self._tree.modules})

    def server_version(self) -> str:
        with connect(self.dsn, RESTORER) as copy:
            return str(copy.info.parameter_status("server_version"))

    def _make_roles(self, server: psycopg.Connection) -> None:
        for (command,) in self._source.execute(_ROLES):
            server.execute(command)
        self._run(server, "alter role {} password {}", self._deployer, literal=self._password)
        for (command,) in self._source.execute(_MEMBERS, (server.info.server_version >= 160000,)):
            server.execute(command)

    def _make_database(self, server: psycopg.Connection) -> None:
        owner = scalar(
            self._source, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        )
        self._run(server, "create database {} template template0 owner {}", DATABASE, owner)
        if scalar(self._source, "select has_database_privilege(current_database(), 'create')"):
            self._run(server, "grant create on database {} to {}", DATABASE, self._deployer)

    def _make_auth(self, copy: psycopg.Connection) -> None:
        """Of the platform's schema only what can be referred to: it is not ours to copy."""
        owner = scalar(
            self._source,
            "select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'auth'",
        )
        if owner is None:
            return
        self._run(copy, "create schema auth authorization {}", owner)
        self._run(copy, "grant usage on schema auth to {}", self._deployer)
        columns = [column for (column,) in self._source.execute(_USERS)]
        if columns:
            listed = ", ".join(columns)
            copy.execute(f"create table auth.users ({listed}, primary key (id))")
            self._run(copy, "alter table auth.users owner to {}", owner)
            if scalar(self._source, "select has_table_privilege('auth.users', 'select')"):
                self._run(copy, "grant select on auth.users to {}", self._deployer)
            if scalar(self._source, "select has_table_privilege('auth.users', 'references')"):
                self._run(copy, "grant references on auth.users to {}", self._deployer)
        copy.execute("set check_function_bodies = off")
        for (definition,) in self._source.execute(_WHO_IS_ASKING):
            copy.execute(definition)

    def _dump(self) -> bytes:
        """The schemas as SQL."""
        parameters: dict[str, Any] = conninfo_to_dict(self._source_dsn)
        password = parameters.pop("password", None)
        has_deploy = History(self._source).exists
        done = subprocess.run(
            [
                _pg_dump(self._source),
                "--schema-only",
                "--lock-wait-timeout=10s",
                *("--no-publications", "--no-subscriptions", "--no-security-labels", "--no-tablespaces"),
                *(f"--schema={schema}" for schema in [*self.schemas, *(["deploy"] if has_deploy else [])]),
                f"--dbname={make_conninfo(**parameters)}",
            ],
            env=os.environ | ({"PGPASSWORD": str(password)} if password else {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise DeployError(f"the schema cannot be read: {done.stderr.strip()}")
        return _NOT_FOR_THE_SERVER.sub("", done.stdout).encode()

    def _tables_with_facts(self) -> list[str]:
        """Schema deploy, and what applied migrations fill with literal values: later ones may build on it."""
        applied = History(self._source).hashes()
        seeded = {
            table
            for file in self._tree.migrations
            if file.name in applied
            for table in _LITERAL_ROWS.findall(file.code)
        }
        ours = [table for table in sorted(seeded) if ("table", table, "") in self.original]
        remembered = self._source.execute(
            "select oid::regclass::text from pg_class "
            "where relnamespace = to_regnamespace('deploy') and relkind = 'r'"
        )
        return [*(table for (table,) in remembered), *ours]

    def _copy_rows(self, copy: psycopg.Connection, table: str) -> list[str]:
        columns = self._source.execute(_COLUMNS, (table,)).fetchall()
        named = f"{table} ({', '.join(column for column, _ in columns)})"
        try:
            with (
                self._source.transaction(),
                self._source.cursor().copy(f"copy {named} to stdout") as rows,
                copy.cursor().copy(f"copy {named} from stdin") as into,
            ):
                for block in rows:
                    into.write(block)
        except psycopg.errors.InsufficientPrivilege:
            return [f"the rows of {table} are missing: this role may not read them"]
        for column, counts in columns:
            if counts:
                copy.execute(_COUNT_ON.format(table=table, column=column), (table, column))
        return []

    @staticmethod
    def _run(
        conn: psycopg.Connection, command: LiteralString, *names: str, literal: str | None = None
    ) -> None:
        """One command with names, and perhaps a literal, in its places."""
        places: list[sql.Composable] = [sql.Identifier(name) for name in names]
        if literal is not None:
            places.append(sql.Literal(literal))
        conn.execute(sql.SQL(command).format(*places))


def _pg_dump(source: psycopg.Connection) -> str:
    """The nearest version that can read this server."""
    major = source.info.server_version // 10000
    encrypted = bool(source.pgconn.ssl_in_use)
    fitting = [version for version in _pg_dumps(encrypted) if version >= major]
    if not fitting:
        raise ServerError(
            f"a rehearsal copies the schema with pg_dump: put one of PostgreSQL {major} or later on PATH"
            + (" (the embedded one speaks no TLS)" if encrypted else "")
        )
    return _pg_dumps(encrypted)[min(fitting)]


def _pg_dumps(encrypted: bool) -> dict[int, str]:
    """Every pg_dump found here, by version."""
    found = {
        major: place.program("pg_dump")
        for major, place in installations().items()
        if not (encrypted and place.embedded)
    }
    if on_path := shutil.which("pg_dump"):
        told = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=False).stdout
        if number := re.search(r"\d+", told):
            found.setdefault(int(number[0]), on_path)
    return found
