"""The command `reserve-db sync`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from reserve_db.connection import CannotConnectError, resolve_dsn
from reserve_db.database import Database, DatabaseUnavailableError, system
from reserve_db.deploy.command import Dsn, Json, print_json, say
from reserve_db.host_client import HostClient
from reserve_db.settings import Settings, SettingsError
from reserve_db.worker.command import (
    ENVIRONMENT,
    LOCK_TIMEOUT,
    PROVIDER_TIMEOUT_SECONDS,
    STATEMENT_TIMEOUT,
    USAGE,
)
from reserve_db.worker.commands import Commands
from reserve_db.worker.handlers import host_handlers

FAILED = 1
TOPIC = "integrations.fetch_host_page"
PAUSE_SECONDS = 0.2


class Kind(StrEnum):
    """What the Host lists, in the order in which one needs the other."""

    PROPERTIES = "properties"
    ROOM_TYPES = "room_types"
    AVAILABILITY = "availability"


def sync(
    kinds: Annotated[
        list[Kind] | None, typer.Argument(help="What to synchronise; without it everything.")
    ] = None,
    dsn: Dsn = None,
    json: Json = False,
) -> None:
    """Take over properties, room types and availability of the Host, page by page, and say how far it is.

    It starts a run and carries it out, together with workers that run meanwhile; one that failed or was
    interrupted goes on behind the last page that was applied. What is malformed is skipped and shown. Workers
    do the same by themselves where the setting host_sync has an interval.

    \b
    RESERVE_HOST_URL, RESERVE_HOST_API_KEY, RESERVE_HOST_SECRETS   the Host

    \b
    reserve-db sync                             everything
    reserve-db sync availability                prices and allotments that changed
    reserve-db sync --json | jq '.jobs[] | select(.skipped > 0)'

    Exit status: 0 synchronised, 1 a run failed, 2 wrong usage or settings, 3 cannot connect.
    """
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    if not settings.host_url:
        typer.echo("RESERVE_HOST_URL is not set: there is no Host to ask", err=True)
        raise typer.Exit(USAGE)
    try:
        with resolve_dsn(dsn) as address:
            jobs = asyncio.run(_synchronise(address, settings, kinds or list(Kind)))
    except (CannotConnectError, DatabaseUnavailableError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(ENVIRONMENT) from None
    if json:
        print_json({"jobs": jobs})
    if any(job["status"] == "failed" for job in jobs):
        raise typer.Exit(FAILED)


async def _synchronise(dsn: str, settings: Settings, kinds: Sequence[Kind]) -> list[dict[str, Any]]:
    """Each kind in turn, until one fails: units need their properties, nights their units."""
    host = HostClient(
        settings.host_url or "",
        settings.host_api_key or "",
        settings.host_secrets[0],
        PROVIDER_TIMEOUT_SECONDS,
    )
    jobs: list[dict[str, Any]] = []
    try:
        async with Database(dsn, "reserve-db sync", 2, STATEMENT_TIMEOUT, LOCK_TIMEOUT) as database:
            commands = Commands(database, {TOPIC: host_handlers(host)[TOPIC]})
            for kind in (kind for kind in Kind if kind in kinds):
                jobs.append(await _run(database, commands, kind))
                if jobs[-1]["status"] == "failed":
                    break
    finally:
        await host.close()
    return jobs


async def _run(database: Database, commands: Commands, kind: Kind) -> dict[str, Any]:
    """One run from its start to its end; its pages may be fetched by others, too."""
    job: dict[str, Any] = await database.call(f"sync_host_{kind}", {}, system())
    told = None
    while job["status"] == "running":
        claimed = await commands.claim(1)
        for command in claimed:
            await commands.carry_out(command)
        if not claimed:
            await asyncio.sleep(PAUSE_SECONDS)
        job = await database.call("host_sync_status", {"job_id": job["job_id"]}, system())
        if told != (told := job["pages"]):
            say(f"{kind}: {job['pages']} pages, {job['items']} items, {job['skipped']} skipped")
    for line in reversed(job["log"]):
        say(f"{kind}: {line['message']} {line['detail']}")
    say(f"{kind}: {job['status']}" + (f", {job['error']}" if job["error"] else ""))
    return job
