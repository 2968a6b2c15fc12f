"""Answers kept for a while in this process, so that a question asked by many is answered once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reserve_db.providers import ProviderError

MOST_ENTRIES = 2000


def cache_key(function: str, arguments: Mapping[str, Any], role: str, city_code: str | None) -> str:
    """SHA-256 of all that an answer depends on: who sees what is decided by role and city."""
    asked = json.dumps([function, arguments, role, city_code], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


@dataclass(frozen=True)
class Cached:
    """An answer, whether it was there already, and for how many seconds."""

    value: Any
    hit: bool
    age: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class _Entry:
    value: Any
    version: str
    made_at: float


class TtlCache:
    """The last answers, by key; the one least recently used goes first. Errors are never kept."""

    def __init__(self, most: int = MOST_ENTRIES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._making: dict[tuple[str, str], asyncio.Task[Any]] = {}

    async def get(
        self,
        key: str,
        seconds: float,
        make: Callable[[], Awaitable[Any]],
        *,
        version: str = "",
        stale_seconds: float = 0,
    ) -> Cached:
        """The kept answer of this version, else a new one; who asks meanwhile waits for the same.

        Where a provider is away, an answer of any version serves for `stale_seconds` more.
        Raises what `make` raises.
        """
        entry = self._entries.get(key)
        if entry and entry.version == version and self._clock() - entry.made_at < seconds:
            self._entries.move_to_end(key)
            return self._kept(entry)
        try:
            return Cached(await self._made_once(key, version, make), hit=False)
        except ProviderError as error:
            if entry and error.retry and self._clock() - entry.made_at < seconds + stale_seconds:
                return self._kept(entry)
            raise

    def _kept(self, entry: _Entry) -> Cached:
        return Cached(entry.value, hit=True, age=self._clock() - entry.made_at)

    async def _made_once(self, key: str, version: str, make: Callable[[], Awaitable[Any]]) -> Any:
        task = self._making.get((key, version))
        if task is None:
            task = asyncio.create_task(self._make(key, version, make))
            self._making[key, version] = task
            task.add_done_callback(lambda _: self._making.pop((key, version)))
        return await asyncio.shield(task)

    async def _make(self, key: str, version: str, make: Callable[[], Awaitable[Any]]) -> Any:
        began = self._clock()
        value = await make()
        self._entries[key] = _Entry(value, version, began)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return value
