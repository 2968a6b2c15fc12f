"""The command `reserve-db export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reserve_db.deploy.command import Json, Sql, errors, print_json, say
from reserve_db.export import script, supabase
from reserve_db.sqltree import SqlTree


class Format(StrEnum):
    """Who carries it out."""

    SUPABASE = "supabase"
    SQL = "sql"
    PG_CRON = "pg-cron"


def export(
    format: Annotated[Format, typer.Argument(help="supabase, sql or pg-cron.", metavar="FORMAT")],  # noqa: A002
    project: Annotated[
        Path,
        typer.Option(help="The project of the Supabase CLI to write to.", metavar="DIR", file_okay=False),
    ] = Path(),
    sql: Sql = None,
    json: Json = False,
) -> None:
    """Write the database's SQL for another tool. Each leads to the same database as migrate.

    supabase adds to a project folder: migrations (those it has stay as they are), pgTAP tests, and the schema
    api in config.toml. sql prints one psql script for an empty database. pg-cron prints the schedule of the
    jobs, for servers without reserve-db worker.

    \\b
    reserve-db export supabase --project ~/shop && cd ~/shop && supabase db push
    reserve-db export sql | psql --no-psqlrc shop
    reserve-db export pg-cron | psql shop

    A database made by an export has no deploy history: keep to one way for each database.

    Exit status: 0 written, 1 refused, 2 wrong usage.
    """
    with errors(json):
        tree = SqlTree.at(sql)
        if format is Format.SUPABASE:
            written = [str(path) for path in supabase.export(tree, project)]
            if json:
                print_json({"written": written})
            say(f"{len(written)} files written" if written else "nothing new to write")
            return
        text = script.sql_script(tree) if format is Format.SQL else script.schedule(tree)
        if json:
            print_json({"sql": text})
        else:
            typer.echo(text)
