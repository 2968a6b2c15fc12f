"""The command `reserve-db doctor`: is everything there that a deployment and its services need?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import psycopg
import typer

from reserve_db.connection import CannotConnectError, connect, resolve_dsn
from reserve_db.deploy import verify as verification
from reserve_db.deploy.catalog import CLIENT_ROLES
from reserve_db.deploy.command import FAILED, NO_SERVER, Dsn, Json, Sql, print_json
from reserve_db.deploy.errors import DeployError
from reserve_db.deploy.session import is_transaction_pooler, scalar
from reserve_db.host_client import HostClient
from reserve_db.notifications.mail import MailSender
from reserve_db.pix import configured_providers
from reserve_db.providers import ProviderError
from reserve_db.servers import SUPPORTED
from reserve_db.settings import Settings, SettingsError
from reserve_db.sqltree import SqlTreeError
from reserve_db.stripe_gateway import StripeGateway

PATIENCE_SECONDS = 5.0
NOBODY = "00000000-0000-0000-0000-000000000000"


class Status(StrEnum):
    """A warning does not fail the whole."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    about: str
    status: Status
    detail: str


def doctor(dsn: Dsn = None, sql: Sql = None, json: Json = False) -> None:
    """Check the database, the settings and the providers; say what is missing. Changes nothing.

    The database: reached how, which version, which rights, what is deployed and whether it drifted. Settings:
    each RESERVE_ variable, without its value. Stripe, the Host and the mail server: one question each that
    changes nothing.

    \\b
    reserve-db doctor
    reserve-db doctor --json | jq '.findings[] | select(.status != "ok")'

    Exit status: 0 all well or only warnings, 1 something failed, 2 wrong usage, 3 cannot connect.
    """
    asked = _Asked(os.environ)
    findings: list[Finding] = []

    def add(found: Iterator[Finding]) -> None:
        for finding in found:
            findings.append(finding)
            if not json:
                _tell(finding)

    connected = True
    try:
        with resolve_dsn(dsn) as database:
            add(_database(database))
            add(_deployed(database, sql))
    except CannotConnectError as error:
        connected = False
        add(iter([Finding("database", Status.FAILED, str(error))]))
    add(_settings(asked))
    add(_providers(asked))
    if json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    if not connected:
        raise typer.Exit(NO_SERVER)
    if any(finding.status is Status.FAILED for finding in findings):
        raise typer.Exit(FAILED)


def _tell(finding: Finding) -> None:
    color = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red"}[finding.status]
    mark = typer.style(f"{finding.status:<8}", fg=color)
    indented = finding.detail.replace("\n", "\n" + " " * 9)
    typer.echo(f"{mark} {finding.about}: {indented}", color=False if "NO_COLOR" in os.environ else None)


# the database


def _database(dsn: str) -> Iterator[Finding]:
    with connect(dsn, "reserve-db doctor") as conn, connect(dsn, "reserve-db doctor") as second:
        info = conn.info
        encrypted = "with TLS" if conn.pgconn.ssl_in_use else "without TLS"
        near = not info.host or info.host.startswith("/") or info.hostaddr in ("127.0.0.1", "::1")
        yield Finding(
            "database",
            Status.OK if near or conn.pgconn.ssl_in_use else Status.WARNING,
            f"{info.dbname} at {info.host or 'a local socket'}:{info.port} as {info.user}, {encrypted}",
        )
        major = info.server_version // 10000
        yield Finding(
            "version",
            Status.OK if major in SUPPORTED else Status.FAILED,
            f"PostgreSQL {info.parameter_status('server_version')}"
            + ("" if major in SUPPORTED else f"; {SUPPORTED.start} to {SUPPORTED.stop - 1} are supported"),
        )
        if is_transaction_pooler(conn, second):
            yield Finding(
                "pooler",
                Status.WARNING,
                "this is a transaction pooler: good for serve and worker, migrate refuses it",
            )
        else:
            yield Finding("pooler", Status.OK, "one connection is one session: migrate can lock")
        yield from _rights(conn)


def _rights(conn: psycopg.Connection) -> Iterator[Finding]:
    (superuser, makes_roles), *_ = conn.execute(
        "select rolsuper, rolsuper or rolcreaterole from pg_roles where rolname = current_user"
    )
    wanted = [*CLIENT_ROLES, "authenticator"]
    there = {
        name for (name,) in conn.execute("select rolname from pg_roles where rolname = any (%s)", (wanted,))
    }
    missing = [name for name in wanted if name not in there]
    if not missing:
        yield Finding("roles", Status.OK, f"{', '.join(wanted)} exist")
    elif makes_roles:
        yield Finding("roles", Status.OK, f"migrate will make {', '.join(missing)}")
    else:
        yield Finding("roles", Status.FAILED, f"{', '.join(missing)} missing, and no CREATEROLE to make them")

    can_create = scalar(conn, "select has_database_privilege(current_database(), 'create')")
    yield Finding(
        "rights",
        Status.OK if can_create else Status.FAILED,
        ("superuser" if superuser else "no superuser, which is not needed")
        + ("" if can_create else "; CREATE on this database is missing, for the schemas"),
    )
    assumable = [
        role
        for role in CLIENT_ROLES
        if role in there and scalar(conn, "select pg_has_role(%s, 'member')", role)
    ]
    barred = [role for role in CLIENT_ROLES if role in there and role not in assumable]
    yield Finding(
        "serve",
        Status.WARNING if barred else Status.OK,
        f"this login cannot act as {', '.join(barred)}: serve and worker need another, such as authenticator"
        if barred
        else "this login can act as every API role",
    )
    yield from _auth(conn)


def _auth(conn: psycopg.Connection) -> Iterator[Finding]:
    if scalar(conn, "select to_regclass('auth.users')") is None:
        if scalar(conn, "select to_regnamespace('auth')") is None:
            yield Finding("auth", Status.OK, "no schema auth: migrate will make a stand-in")
        else:
            yield Finding("auth", Status.FAILED, "schema auth has no table users, or this role cannot see it")
        return
    lacking = [
        privilege
        for privilege in ("select", "references")
        if not scalar(conn, "select has_table_privilege('auth.users', %s)", privilege)
    ]
    if "select" in lacking:
        yield Finding("auth", Status.FAILED, "no SELECT on auth.users: functions look users up there")
    elif lacking:
        yield Finding("auth", Status.WARNING, "no REFERENCES on auth.users: foreign keys to it are left out")
    else:
        yield Finding("auth", Status.OK, "auth.users can be read and referred to")


def _deployed(dsn: str, sql: Path | None) -> Iterator[Finding]:
    try:
        status = verification.status(dsn, sql)
        last = status.last_deploy
        if last is None:
            yield Finding("deployed", Status.WARNING, "nothing yet: run reserve-db migrate")
            return
        waiting = [
            *([f"{len(status.pending)} migrations pending"] if status.pending else []),
            *([f"functions: {status.functions}"] if status.functions else []),
            *(f"{name}: {why}" for name, why in {**status.views, **status.guards}.items()),
        ]
        yield Finding(
            "deployed",
            Status.WARNING if waiting else Status.OK,
            "\n".join(
                [f"{last['product_version']} on {last['deployed_at']} by {last['deployed_by']}", *waiting]
            ),
        )
        drift = verification.verify(dsn)
        yield Finding(
            "drift",
            Status.FAILED if drift else Status.OK,
            f"{len(drift)} differences, {drift[0]}{' and others' if drift[1:] else ''}: see reserve-db verify"
            if drift
            else "as deployed",
        )
    except (DeployError, SqlTreeError) as error:
        yield Finding("deployed", Status.FAILED, str(error))
    except psycopg.errors.InsufficientPrivilege:
        yield Finding("deployed", Status.WARNING, "this role may not read the history of deploys")


# settings and providers


class _Asked(Mapping[str, str]):
    """The environment, remembering which variables the program reads."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        return self._environment[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def _settings(environment: _Asked) -> Iterator[Finding]:
    """Every variable once: present, absent or malformed. No value is shown."""
    wrong: dict[str, str] = {}
    try:
        Settings.from_environment(environment)
    except SettingsError as error:
        wrong = {line.split(" ")[0]: line.partition(" ")[2] for line in str(error).splitlines()}
    read = list(dict.fromkeys(environment.names))
    for name in read:
        if name in wrong:
            yield Finding(name, Status.FAILED, wrong[name])
        else:
            yield Finding(name, Status.OK, "set" if os.environ.get(name, "").strip() else "not set")
    for name in sorted(environment):
        if name.startswith("RESERVE_") and name not in (*read, *FOR_TESTS):
            yield Finding(name, Status.WARNING, "is read by nothing: is it misspelt?")


FOR_TESTS = ("RESERVE_TEST_PG", "RESERVE_PGTAP")


def _providers(environment: Mapping[str, str]) -> Iterator[Finding]:
    """One reading request to each provider that is configured."""
    try:
        settings = Settings.from_environment(environment)
    except SettingsError:
        yield Finding("providers", Status.WARNING, "not asked, while settings are malformed")
        return
    if settings.stripe_api_key:
        stripe = StripeGateway(settings.stripe_api_key, settings.stripe_url, PATIENCE_SECONDS)
        yield _ask("Stripe", stripe.check, stripe.close)
    else:
        yield Finding("Stripe", Status.WARNING, "no key: cards cannot be charged")
    for name, provider in configured_providers(settings, PATIENCE_SECONDS).items():
        yield _ask(name, provider.check, provider.close)
    if settings.host_url and settings.host_api_key:
        host = HostClient(
            settings.host_url, settings.host_api_key, settings.host_secrets[0], PATIENCE_SECONDS
        )
        yield _ask("Host", lambda: host.find(NOBODY), host.close)
    else:
        yield Finding("Host", Status.WARNING, "no address: reservations cannot be committed")
    if settings.smtp and settings.mail_from:
        mail = MailSender(settings.smtp, settings.mail_from, PATIENCE_SECONDS)
        yield _ask("mail server", mail.check)
    else:
        yield Finding("mail server", Status.WARNING, "no address: mail waits")


def _ask(
    provider: str,
    question: Callable[[], Awaitable[object]],
    close: Callable[[], Awaitable[None]] | None = None,
) -> Finding:
    async def ask() -> None:
        try:
            await question()
        finally:
            if close is not None:
                await close()

    try:
        asyncio.run(ask())
    except ProviderError as error:
        return Finding(provider, Status.FAILED, f"{error.code}: {error}")
    return Finding(provider, Status.OK, "answers, and accepts our key")
