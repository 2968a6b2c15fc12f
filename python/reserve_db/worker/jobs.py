"""Timed jobs: each batch of each job is one call and one transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import psycopg

from reserve_db.database import Database, system
from reserve_db.logs import facts

log = logging.getLogger("reserve_db.worker")

BATCH = 100
MOST_BATCHES = 100


class Jobs:
    """The jobs the database names, or those of them that were asked for."""

    def __init__(self, database: Database, only: Sequence[str] | None) -> None:
        self._database = database
        self._only = only

    async def run_due(self) -> None:
        """Every job until it finds no full batch any more; one that fails does not hold up the others."""
        for job in await self._names():
            try:
                for _ in range(MOST_BATCHES):
                    if await self._tick(job) < BATCH:
                        break
            except psycopg.Error:
                log.exception("job failed", extra=facts(job=job))

    async def _names(self) -> list[str]:
        names: list[str] = await self._database.call("jobs", {}, system())
        return names if self._only is None else [name for name in names if name in self._only]

    async def _tick(self, job: str) -> int:
        answer = await self._database.call("tick", {"job": job, "limit": BATCH}, system(job))
        done: int = answer["done"]
        if done:
            log.info("job done", extra=facts(job=job, rows=done))
        return done
