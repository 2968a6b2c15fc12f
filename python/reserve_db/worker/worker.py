"""The worker's loops, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol

import psycopg

from reserve_db.database import DatabaseUnavailableError
from reserve_db.worker.jobs import Jobs

log = logging.getLogger("reserve_db.worker")

IDLE_SECONDS = 0.5
JOBS_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 30.0


class Queue(Protocol):
    """Work that is leased, carried out, and reported."""

    async def claim(self, limit: int) -> Sequence[Any]: ...

    async def carry_out(self, claimed: Any, /) -> None: ...


class Worker:
    """Queues and jobs side by side until `stop()`; what is under way is finished first."""

    def __init__(self, queues: Sequence[Queue], jobs: Jobs, concurrency: int) -> None:
        self._queues = queues
        self._jobs = jobs
        self._concurrency = concurrency
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. While the database is away it waits and goes on."""
        await asyncio.gather(
            *(self._repeat(partial(self._carry_out_due, queue), IDLE_SECONDS) for queue in self._queues),
            self._repeat(self._jobs.run_due, JOBS_SECONDS),
        )

    async def run_once(self) -> None:
        """Everything that is due now, and what follows from it, then returns.

        Raises DatabaseUnavailableError.
        """
        while True:
            await self._jobs.run_due()
            if not any([await self._carry_out_due(queue) for queue in self._queues]):
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

    async def _carry_out_due(self, queue: Queue) -> bool:
        """Keeps as much of a queue going as may go at once until nothing is due; whether there was any."""
        running: set[asyncio.Task[None]] = set()
        were_any = False
        try:
            while not self._stopping.is_set():
                if free := self._concurrency - len(running):
                    claimed = await queue.claim(free)
                    running |= {asyncio.create_task(queue.carry_out(one)) for one in claimed}
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
