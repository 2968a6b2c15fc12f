"""The worker's loops, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

import psycopg

from reserve_db.database import DatabaseUnavailableError
from reserve_db.worker.commands import Commands
from reserve_db.worker.jobs import Jobs

log = logging.getLogger("reserve_db.worker")

IDLE_SECONDS = 0.5
JOBS_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 30.0


class Worker:
    """Commands and jobs side by side until `stop()`; what is under way is finished first."""

    def __init__(self, commands: Commands, jobs: Jobs, concurrency: int) -> None:
        self._commands = commands
        self._jobs = jobs
        self._concurrency = concurrency
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. While the database is away it waits and goes on."""
        await asyncio.gather(
            self._repeat(self._carry_out_due, IDLE_SECONDS), self._repeat(self._jobs.run_due, JOBS_SECONDS)
        )

    async def run_once(self) -> None:
        """Everything that is due now, and what follows from it, then returns.

        Raises DatabaseUnavailableError.
        """
        while True:
            await self._jobs.run_due()
            if not await self._carry_out_due():
                return

    async def _repeat(self, work: Callable[[], Awaitable[object]], pause: float) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                await work()
                failures = 0
            except (DatabaseUnavailableError, LookupError, psycopg.Error) as error:
                failures += 1
                log.warning("waiting for the database: %s", error)
            wait = min(pause * 2 ** min(failures, 10), LONGEST_WAIT_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait * random.uniform(0.75, 1.25))  # noqa: S311

    async def _carry_out_due(self) -> bool:
        """Keeps as many commands going as may go at once until none is due; whether there were any."""
        running: set[asyncio.Task[None]] = set()
        were_any = False
        try:
            while not self._stopping.is_set():
                if free := self._concurrency - len(running):
                    claimed = await self._commands.claim(free)
                    running |= {asyncio.create_task(self._commands.carry_out(command)) for command in claimed}
                    were_any = were_any or bool(claimed)
                if not running:
                    break
                done, running = await asyncio.wait(
                    running, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            await asyncio.gather(*running)
        return were_any
