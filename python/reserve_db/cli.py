"""The program `reserve-db`."""

from __future__ import annotations

from importlib.metadata import version as package_version
from typing import Annotated

import typer

from reserve_db.deploy.command import migrate, plan, status, verify
from reserve_db.serve.command import serve
from reserve_db.sqltest.command import test
from reserve_db.worker.command import worker

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
for command in (migrate, plan, status, verify, test, serve, worker):
    app.command()(command)


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
    reserve-db test        the SQL tests
    reserve-db serve       the API over HTTP
    reserve-db worker      what the database decided: refunds, Host bookings, timed jobs

    The database is --dsn, else DATABASE_URL, else an embedded PostgreSQL with its data in .reserve-db.
    Data goes to stdout, progress to stderr. NO_COLOR is respected.

    Exit status: 0 success, 1 failure or drift, 2 wrong usage, 3 cannot connect.
    """


def main() -> None:
    """Run the program."""
    app()
