"""The command `reserve-db audit verify`."""

from __future__ import annotations

import json as json_format
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg.errors import InvalidSchemaName, UndefinedFunction

from reserve_db.connection import resolve_dsn
from reserve_db.deploy.command import Dsn, Json, errors, print_json, say
from reserve_db.deploy.errors import DeployError
from reserve_db.deploy.session import reading

FAILED = 1
HEAD = re.compile(r"[0-9a-f]{64}")
TELL = {
    "edited": "{source} {seq} of {city_code} is not what was sealed (id {id}, seal {seal})",
    "missing": "{source} {seq} of {city_code} is gone (seal {seal})",
    "inserted": "{source} {seq} of {city_code} was not there when its neighbours were sealed (id {id})",
    "seal_edited": "seal {seal} of {city_code} does not follow from the one before it",
    "seal_missing": "seal {seal} of {city_code} is gone",
    "head_unknown": "{head} is in no chain: a tail was cut, or a chain rewritten",
}

audit = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@audit.callback()
def about() -> None:
    """Is the audit log, are the books what they were?"""


@audit.command()
def verify(
    dsn: Dsn = None,
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head that was published, in hexadecimal; any number of them.", metavar="HASH"),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(
            help="The file to which a worker published heads; all of them count.",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Compare the audit log and the books with what was sealed of them; name each row that differs.

    A row that was edited, that is missing or was inserted is named, the first ones first; so is a seal.
    Whoever owns the database could cut the end of the log and its seals together, or write all of it anew:
    only a head that was published before can tell. Rows younger than the last seal cannot be judged yet.

    \b
    reserve-db audit verify || alert "somebody changed the audit log"
    reserve-db audit verify --head 5f0c…                     a head from your own notes
    reserve-db audit verify --heads /srv/heads.jsonl         all that RESERVE_AUDIT_HEADS_FILE has
    reserve-db audit verify --json | jq '.heads'             the heads of today

    Exit status: 0 as sealed, 1 not, 2 wrong usage, 3 cannot connect.
    """
    published = [_head(text) for text in head or ()] + ([] if heads is None else _read(heads))
    with errors(json), resolve_dsn(dsn) as database:
        verdict = _verdict(database, published)
        if json:
            print_json(verdict)
        else:
            for fault in verdict["faults"]:
                typer.echo(f"{fault['fault']}: {TELL[fault['fault']].format_map(fault)}")
        say(f"{verdict['sealed']} rows sealed, {verdict['not_yet_sealed']} not yet")
        if not verdict["ok"]:
            raise typer.Exit(FAILED)
        say("as sealed")


def _verdict(dsn: str, published: list[str]) -> dict[str, Any]:
    with reading(dsn, "reserve-db audit verify") as connection:
        try:
            row = connection.execute("select audit.verify(%s)", [published]).fetchone()
        except (InvalidSchemaName, UndefinedFunction) as error:
            raise DeployError("nothing was deployed here yet: run reserve-db migrate") from error
    return dict(row[0]) if row else {}


def _head(text: str) -> str:
    if not HEAD.fullmatch(text.lower()):
        raise typer.BadParameter(f"{text!r} is no head: 64 hexadecimal digits")
    return text.lower()


def _read(file: Path) -> list[str]:
    """The heads of a file of JSON lines, as the worker writes it."""
    try:
        return [_head(json_format.loads(line)["head"]) for line in file.read_text().splitlines()]
    except (ValueError, KeyError, TypeError) as error:
        raise typer.BadParameter(f"{file} is no file of heads: {error}") from None
