"""The program `reserve-db`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as package_version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "migrate": "reserve_db.deploy.command",
    "plan": "reserve_db.deploy.command",
    "rollback": "reserve_db.deploy.command",
    "status": "reserve_db.deploy.command",
    "verify": "reserve_db.deploy.command",
    "new": "reserve_db.deploy.command",
    "export": "reserve_db.export.command",
    "doctor": "reserve_db.doctor",
    "audit": "reserve_db.audit.command",
    "test": "reserve_db.sqltest.command",
    "serve": "reserve_db.serve.command",
    "worker": "reserve_db.worker.command",
    "sync": "reserve_db.worker.sync",
}


class _Commands(TyperGroup):
    """Loads a command's module when it is asked for: none has to wait for what another one needs."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reserve-db {package_version('reserve-db')}")
        raise typer.Exit


@app.callback()
def reserve_db(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """A booking engine that lives in PostgreSQL.

    \b
    reserve-db plan        what a deploy would do
    reserve-db migrate     do it
    reserve-db verify      is the database still what was deployed?
    reserve-db rollback    undo the last migrations, where each says how
    reserve-db new         a new migration file
    reserve-db export      the same for the Supabase CLI, psql or pg_cron
    reserve-db doctor      is everything there that a deployment and its services need?
    reserve-db audit       are the audit log and the books what they were?
    reserve-db test        the SQL tests
    reserve-db serve       the API over HTTP
    reserve-db worker      what the database decided: refunds, Host bookings, timed jobs
    reserve-db sync        properties, room types and availability of the Host

    The database is --dsn, else DATABASE_URL, else an embedded PostgreSQL with its data in .reserve-db.
    Data goes to stdout, progress to stderr. NO_COLOR is respected.

    Exit status: 0 success, 1 failure or drift, 2 wrong usage, 3 cannot connect.
    """


def main() -> None:
    """Run the program."""
    app()
