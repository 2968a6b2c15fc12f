"""How often one address may call, counted in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

WINDOW_SECONDS = 60.0


class RateLimit:
    """At most `limit` calls within the 60 seconds that begin with a client's first one."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}
        self._sweep_at = clock() + WINDOW_SECONDS

    def seconds_to_wait(self, client: str) -> int:
        """Counts a call; 0 lets it through, else the time until the next may come."""
        now = self._clock()
        if now >= self._sweep_at:
            self._windows = {c: w for c, w in self._windows.items() if now < w[0] + WINDOW_SECONDS}
            self._sweep_at = now + WINDOW_SECONDS
        began, calls = self._windows.get(client, (now, 0))
        if now >= began + WINDOW_SECONDS:
            began, calls = now, 0
        if calls >= self.limit:
            return ceil(began + WINDOW_SECONDS - now)
        self._windows[client] = (began, calls + 1)
        return 0
