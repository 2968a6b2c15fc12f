"""What beginning a payment at Stripe takes: a request that makes one object, however often it is sent."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from reserve_db.providers import ProviderError

Object = dict[str, Any]

RETRY_WAITS_SECONDS = (1.0, 2.0, 4.0)


async def create(make: Callable[[Object, str], Awaitable[Object]], prepared: Object) -> Object:
    """Tries again after 1, 2 and 4 s.

    A key stands for one request with these parameters. Stripe repeats the error it answered to a key, so
    that the next try needs a new one. An object too many is harmless: only the one that is recorded is
    given away. Raises ProviderError.
    """
    parameters = hashlib.sha256(json.dumps(prepared, sort_keys=True).encode()).hexdigest()[:16]
    key = first_key = f"{prepared['idempotency_key']}:{parameters}"
    for number, wait in enumerate(RETRY_WAITS_SECONDS, start=1):
        try:
            return await make(prepared, key)
        except ProviderError as error:
            if not error.retry:
                raise
            if error.answered:
                key = f"{first_key}:{number}"
        await asyncio.sleep(wait)
    return await make(prepared, key)
