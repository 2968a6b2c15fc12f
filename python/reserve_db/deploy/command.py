"""The commands `reserve-db migrate`, `plan`, `status` and `verify`."""

from __future__ import annotations

import difflib
import json as json_format
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from reserve_db.connection import CannotConnectError, resolve_dsn
from reserve_db.deploy import engine
from reserve_db.deploy import verify as verification
from reserve_db.deploy.catalog import Difference
from reserve_db.deploy.errors import BlockedError, DeployError
from reserve_db.deploy.plan import Plan
from reserve_db.deploy.plan import plan as make_plan
from reserve_db.deploy.session import SETTINGS
from reserve_db.sqltree import SqlTreeError

FAILED, NO_SERVER = 1, 3

Dsn = Annotated[
    str | None,
    typer.Option(help="The database; without it DATABASE_URL, else the embedded server.", metavar="DSN"),
]
Sql = Annotated[
    Path | None,
    typer.Option(
        help="Another tree of SQL files than the packaged one.", metavar="DIR", exists=True, file_okay=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def migrate(
    dsn: Dsn = None,
    sql: Sql = None,
    lock_budget: Annotated[
        float,
        typer.Option(
            help="How long one attempt may wait for locks, all waits together.", metavar="SECONDS", min=0.01
        ),
    ] = 1.0,
    attempts: Annotated[
        int, typer.Option(help="Tries before giving up; pauses between them let the others work.", min=1)
    ] = engine.ATTEMPTS,
    json: Json = False,
) -> None:
    """Bring a database to what the SQL files say. Running it again changes nothing.

    Pending migrations run first, then functions, views and the guards of tables are replaced where files or
    database changed. All of it is one transaction: if anything fails, nothing has happened. Only a migration
    that says "-- transactional: false" stands alone, and what came before it stays.

    Tables are locked last, and only those whose guard file changed or drifted. When the waits exceed the
    budget everything is rolled back, the blocking session is named, and it is tried again.

    \b
    reserve-db migrate                                        the embedded server, data in .reserve-db
    reserve-db migrate --dsn postgresql://deployer@db/shop    a server of yours
    reserve-db migrate --lock-budget 0.3 --attempts 20        on a busy one
    reserve-db migrate --json | jq .migrations                for scripts

    Exit status: 0 deployed, or nothing to do; 1 refused or failed; 2 wrong usage; 3 cannot connect.
    """
    with _errors(json), resolve_dsn(dsn) as database:
        result = engine.migrate(database, sql, lock_budget=lock_budget, attempts=attempts, progress=_say)
        if json:
            _print_json(asdict(result))
        for difference in result.drift:
            _say(f"drift that a deploy cannot mend: {difference} (see reserve-db verify)")
        done = (
            f"deployed in {result.seconds:.1f} s"
            if result.changed
            else "nothing to do: the database is current"
        )
        _say(done)


def plan(dsn: Dsn = None, sql: Sql = None, json: Json = False) -> None:
    """Print the SQL that migrate would run, with its transactions and locks. Reads only, locks nothing.

    \b
    reserve-db plan | less
    reserve-db plan --json | jq '.locks'

    Locks taken by migrations are read from their text. Exit status: 0 planned, 1 migrate would refuse,
    2 wrong usage, 3 cannot connect.
    """
    with _errors(json), resolve_dsn(dsn) as database:
        result = make_plan(database, sql)
        if json:
            _print_json(asdict(result))
        else:
            typer.echo("\n".join(script(result)))


def status(dsn: Dsn = None, sql: Sql = None, json: Json = False) -> None:
    """Say what is applied, what is pending, and who deployed last.

    Exit status: 0 said, 1 the history does not match the files, 2 wrong usage, 3 cannot connect.
    """
    with _errors(json), resolve_dsn(dsn) as database:
        result = verification.status(database, sql)
        if json:
            _print_json({**asdict(result), "current": result.current})
            return
        if last := result.last_deploy:
            typer.echo(f"last deploy  {last['deployed_at']} by {last['deployed_by']} ({last['client']})")
            typer.echo(f"version      {last['product_version']}, PostgreSQL {result.server_version}")
        else:
            typer.echo(f"last deploy  none (PostgreSQL {result.server_version})")
        typer.echo(f"migrations   {len(result.applied)} applied, {len(result.pending)} pending")
        for name in result.pending:
            typer.echo(f"             {name}")
        typer.echo(f"functions    {result.functions or 'current'}")
        for label, files in (("views", result.views), ("guards", result.guards)):
            typer.echo(f"{label:<12} {f'{len(files)} to apply' if files else 'current'}")
            for name, why in files.items():
                typer.echo(f"             {name}: {why}")


def verify(
    dsn: Dsn = None,
    accept: Annotated[bool, typer.Option("--accept", help="Expect from now on what is there now.")] = False,
    json: Json = False,
) -> None:
    """Compare the database with what the last deploy left; name everything that differs.

    Tables, columns, defaults, constraints, indexes, types, sequences, functions with their settings, views
    with their options, policies, triggers and whether they are enabled, owners, and rights of every role.
    Functions, views and guards are put back by the next migrate; what migrations made has to be put back by
    hand, or accepted.

    \b
    reserve-db verify || alert "somebody changed the database"
    reserve-db verify --json | jq '.differences[].object'

    Exit status: 0 as deployed, 1 drift, 2 wrong usage, 3 cannot connect.
    """
    with _errors(json), resolve_dsn(dsn) as database:
        differences = verification.accept(database) if accept else verification.verify(database)
        notes = verification.notes(database)
        for note in notes:
            _say(note)
        if json:
            found = [
                {"object": d.object, "status": d.status, "expected": d.expected, "found": d.found}
                for d in differences
            ]
            _print_json({"accepted": accept, "differences": found, "notes": notes})
        else:
            for difference in differences:
                typer.echo("\n".join(_explain(difference)))
        if accept:
            _say(f"{len(differences)} differences accepted")
        elif differences:
            _say(f"{len(differences)} differences from what was deployed")
            raise typer.Exit(FAILED)
        else:
            _say("as deployed")


def script(plan: Plan) -> Iterator[str]:
    """The plan as SQL, what is not SQL in comments."""
    for note in plan.notes:
        yield f"-- {note}"
    for difference in plan.drift:
        yield f"-- drift that a deploy cannot mend: {difference}"
    if not plan.transactions:
        yield "-- nothing to do: the database is current"
        return
    yield f"-- {len(plan.transactions)} transaction(s), {len(plan.locks)} lock(s) on what is in use"
    for lock in plan.locks:
        yield f"--   {lock.relation}: {lock.mode} ({lock.why})"
    yield f"\n{SETTINGS}"
    for number, transaction in enumerate(plan.transactions, 1):
        alone = ": alone, in no transaction" if transaction.alone else ""
        yield f"\n-- {number} of {len(plan.transactions)}{alone}"
        if not transaction.alone:
            yield "begin;"
        for step in transaction.steps:
            yield f"\n-- {step.name}{f': {step.why}' if step.why else ''}"
            if step.sql:
                yield (
                    f"savepoint probe;\n{step.sql}\nrollback to savepoint probe;"
                    if step.probe
                    else step.sql.rstrip()
                )
        if not transaction.alone:
            yield "\n-- hashes, fingerprint and record go to schema deploy\ncommit;"


def _explain(difference: Difference) -> Iterator[str]:
    yield str(difference)
    if difference.status == "changed":
        before, after = (difference.expected or "").splitlines(), (difference.found or "").splitlines()
        yield from (
            f"  {line}" for line in difflib.unified_diff(before, after, "expected", "found", lineterm="", n=1)
        )


@contextmanager
def _errors(json: bool) -> Iterator[None]:
    """Turn what can go wrong into a message and an exit status."""
    try:
        yield
    except CannotConnectError as error:
        _fail(error, NO_SERVER, json)
    except (DeployError, SqlTreeError, psycopg.Error) as error:
        _fail(error, FAILED, json)


def _fail(error: Exception, status: int, json: bool) -> None:
    if json:
        blockers = error.blockers if isinstance(error, BlockedError) else []
        _print_json({"error": type(error).__name__, "message": str(error), "blockers": blockers})
    _say(typer.style(str(error).strip(), fg="red"))
    raise typer.Exit(status) from error


def _print_json(value: object) -> None:
    typer.echo(json_format.dumps(value, indent=2, default=str))


def _say(text: str) -> None:
    typer.echo(text, err=True, color=False if "NO_COLOR" in os.environ else None)
