"""How outcomes get into the database, also one that is away for a moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import psycopg

from reserve_db.database import Database, DatabaseUnavailableError, is_passing, system

log = logging.getLogger("reserve_db.worker")

WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)


async def report(
    database: Database, function: str, arguments: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    """Calls a function that is fenced by the claim's token: after a lost lease it changes nothing.

    Raises psycopg.Error where the outcome is refused.
    """
    for wait in WAITS_SECONDS:
        try:
            receipt = await database.call(function, arguments, system(arguments["id"]))
        except (DatabaseUnavailableError, psycopg.Error) as error:
            if isinstance(error, psycopg.Error) and not is_passing(error):
                raise
            await asyncio.sleep(wait)
            continue
        if not receipt["accepted"]:
            log.warning("lease was lost", extra=about)
        return
    log.error("the database is away; the lease runs out", extra=about)
