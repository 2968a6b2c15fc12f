"""The commands `reserve-db migrate`, `plan`, `rollback`, `status`, `verify` and `new`."""

from __future__ import annotations

import difflib
import json as json_format
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

import reserve_db
from reserve_db.connection import CannotConnectError, resolve_dsn
from reserve_db.deploy import engine, scaffold
from reserve_db.deploy import verify as verification
from reserve_db.deploy.catalog import Difference
from reserve_db.deploy.errors import BlockedError, DeployError
from reserve_db.deploy.plan import Plan, as_sql
from reserve_db.deploy.plan import plan as make_plan
from reserve_db.deploy.session import SETTINGS
from reserve_db.sqltree import SqlTree, SqlTreeError

if TYPE_CHECKING:
    from reserve_db.deploy.rehearse import Rehearsal

FAILED, NO_SERVER = 1, 3
WORTH_TELLING = 0.01  # seconds
CHANGES = {"missing": "gone", "extra": "new", "changed": "changed"}

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


LockBudget = Annotated[
    float,
    typer.Option(
        help="How long one attempt may wait for locks, all waits together.", metavar="SECONDS", min=0.01
    ),
]
Attempts = Annotated[
    int, typer.Option(help="Tries before giving up; pauses between them let the others work.", min=1)
]


def migrate(
    dsn: Dsn = None,
    sql: Sql = None,
    lock_budget: LockBudget = 1.0,
    attempts: Attempts = engine.ATTEMPTS,
    json: Json = False,
) -> None:
    """Bring a database to what the SQL files say. Running it again changes nothing.

    Pending migrations run first, then functions, views and the guards of tables are replaced where files or
    database changed. All of it is one transaction: if anything fails, nothing has happened. Only a migration
    that says "-- transactional: false" stands alone, and what came before it stays.

    Only tables that a migration or a changed guard touches are locked: all of them together, and none is held
    for long while waiting for another. When the waits exceed the budget everything is rolled back, the
    blocking session is named, and it is tried again.

    \b
    reserve-db migrate                                        the embedded server, data in .reserve-db
    reserve-db migrate --dsn postgresql://deployer@db/shop    a server of yours
    reserve-db migrate --lock-budget 0.3 --attempts 20        on a busy one
    reserve-db migrate --json | jq .migrations                for scripts

    Exit status: 0 deployed, or nothing to do; 1 refused or failed; 2 wrong usage; 3 cannot connect.
    """
    with errors(json), resolve_dsn(dsn) as database:
        result = engine.migrate(database, sql, lock_budget=lock_budget, attempts=attempts, progress=say)
        _conclude(result, "deployed", json)


def plan(
    dsn: Dsn = None,
    sql: Sql = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Try it out on a copy of the schema; say what it did.")
    ] = False,
    json: Json = False,
) -> None:
    """Print the SQL that migrate would run, with its transactions and locks. Reads only, locks nothing.

    \b
    reserve-db plan | less
    reserve-db plan --rehearse
    reserve-db plan --json | jq '.locks'

    Locks taken by migrations are read from their text. A rehearsal copies the schema, and of its rows only
    those that migrations write, to a throw-away server here, deploys there as the same role, and prints the
    locks really taken, the time of each step (without rows in the tables) and every object that changed. It
    needs pg_dump, which reads under ACCESS SHARE locks.

    Exit status: 0 planned, 1 migrate would refuse or the rehearsal failed, 2 wrong usage, 3 cannot connect,
    or a program is missing.
    """
    with errors(json), resolve_dsn(dsn) as database:
        result = make_plan(database, sql)
        if not json:
            typer.echo("\n".join(script(result)))
        rehearsal = None
        if rehearse and result.transactions:
            from reserve_db.deploy.rehearse import rehearse as try_out

            rehearsal = try_out(database, sql, say)
            if not json:
                typer.echo("\n".join(_report(rehearsal)))
        if json:
            told = {"rehearsal": rehearsal and rehearsal.as_json()} if rehearse else {}
            print_json({**asdict(result), **told})


def rollback(
    count: Annotated[int, typer.Argument(help="How many migrations, the last first.", metavar="N", min=1)],
    dsn: Dsn = None,
    sql: Sql = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="The tree of the release to go back to; without it, the same tree.",
            metavar="DIR",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    lock_budget: LockBudget = 1.0,
    attempts: Attempts = engine.ATTEMPTS,
    json: Json = False,
) -> None:
    """Undo the last N migrations, each with the .rollback.sql file beside it, in one transaction.

    If one has no such file nothing happens. Functions, views and guards become what the files of the release
    one goes back to say; bodies that do not compile on the older tables stop everything.

    \b
    git worktree add ../before v1.4
    reserve-db rollback 2 --to ../before/sql

    Exit status: 0 undone, 1 refused or failed, 2 wrong usage, 3 cannot connect.
    """  # fmt: skip
    with errors(json), resolve_dsn(dsn) as database:
        result = engine.rollback(
            database, count, sql, to, lock_budget=lock_budget, attempts=attempts, progress=say
        )
        _conclude(result, "rolled back", json)


def new(
    name: Annotated[str, typer.Argument(help="What it does, in a few words.")],
    sql: Sql = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="One statement that no transaction can hold.")
    ] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Also a file that undoes it.")] = False,
    json: Json = False,
) -> None:
    """Make the file of a new migration, with the next number.

    \b
    reserve-db new "add city tax"
    reserve-db new "index payments by city" --alone

    Exit status: 0 made, 1 cannot be made, 2 wrong usage.
    """
    with errors(json):
        tree = SqlTree.at(sql)
        if sql is None and tree.root.parent == Path(reserve_db.__file__).parent:
            raise DeployError("the packaged files are not yours to add to: name your tree with --sql")
        made = [str(path) for path in scaffold.new(name, tree, alone=alone, rollback=rollback)]
        if json:
            print_json({"files": made})
        else:
            typer.echo("\n".join(made))


def status(dsn: Dsn = None, sql: Sql = None, json: Json = False) -> None:
    """Say what is applied, what is pending, and who deployed last.

    \b
    reserve-db status
    reserve-db status --json | jq -e .current   # is there anything to deploy?

    Exit status: 0 said, 1 the history does not match the files, 2 wrong usage, 3 cannot connect.
    """
    with errors(json), resolve_dsn(dsn) as database:
        result = verification.status(database, sql)
        if json:
            print_json({**asdict(result), "current": result.current})
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
    with errors(json), resolve_dsn(dsn) as database:
        differences = verification.accept(database) if accept else verification.verify(database)
        notes = verification.notes(database)
        for note in notes:
            say(note)
        if json:
            found = [
                {"object": d.object, "status": d.status, "expected": d.expected, "found": d.found}
                for d in differences
            ]
            print_json({"accepted": accept, "differences": found, "notes": notes})
        else:
            for difference in differences:
                typer.echo("\n".join(_explain(difference)))
        if accept:
            say(f"{len(differences)} differences accepted")
        elif differences:
            say(f"{len(differences)} differences from what was deployed")
            raise typer.Exit(FAILED)
        else:
            say("as deployed")


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
    yield "-- each also writes hashes, fingerprint and record to schema deploy"
    yield f"\n{SETTINGS}"
    yield from as_sql(plan.transactions)


def _explain(difference: Difference) -> Iterator[str]:
    yield str(difference)
    if difference.status == "changed":
        before, after = (difference.expected or "").splitlines(), (difference.found or "").splitlines()
        yield from (
            f"  {line}" for line in difflib.unified_diff(before, after, "expected", "found", lineterm="", n=1)
        )


def _report(rehearsal: Rehearsal) -> Iterator[str]:
    """What a rehearsal found out, in comments below the script."""
    yield f"\n-- rehearsed on PostgreSQL {rehearsal.server_version}"
    for note in rehearsal.notes:
        yield f"-- {note}"
    yield "--"
    quiet = [step for step in rehearsal.steps if not step.locks and step.seconds < WORTH_TELLING]
    for step in rehearsal.steps:
        if step not in quiet:
            yield f"-- {step.seconds * 1000:8.1f} ms  {step.name}"
            yield from (f"--              {relation}: {mode}" for relation, mode in step.locks)
    together = sum(step.seconds for step in quiet)
    yield f"-- {together * 1000:8.1f} ms  {len(quiet)} steps more, which locked nothing that was there before"
    yield "--"
    yield f"-- {len(rehearsal.changes)} object(s) changed"
    for change in rehearsal.changes:
        yield f"--   {change.object}: {CHANGES[change.status]}"


def _conclude(result: engine.MigrateResult, done: str, json: bool) -> None:
    if json:
        print_json(asdict(result))
    for difference in result.drift:
        say(f"drift that a deploy cannot mend: {difference} (see reserve-db verify)")
    say(f"{done} in {result.seconds:.1f} s" if result.changed else "nothing to do: the database is current")


@contextmanager
def errors(json: bool) -> Iterator[None]:
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
        print_json({"error": type(error).__name__, "message": str(error), "blockers": blockers})
    say(typer.style(str(error).strip(), fg="red"))
    raise typer.Exit(status) from error


def print_json(value: object) -> None:
    typer.echo(json_format.dumps(value, indent=2, default=str))


def say(text: str) -> None:
    typer.echo(text, err=True, color=False if "NO_COLOR" in os.environ else None)
