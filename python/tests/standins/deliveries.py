"""Webhooks on their way out: signed, posted, retried, and on request held, repeated, late or out of order."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import httpx

from tests.standins.signatures import sign

DeliveryState = Literal["held", "queued", "delivered", "failed", "dropped"]


@dataclass
class Attempt:
    """One POST of a webhook: its HTTP status, or why there was none."""

    at: float
    signed_at: int
    status: int | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Delivery:
    """A webhook and what became of it."""

    id: str
    type: str
    body: bytes
    state: DeliveryState
    attempts: list[Attempt] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        attempts = [asdict(attempt) for attempt in self.attempts]
        return {"id": self.id, "type": self.type, "state": self.state, "attempts": attempts}


Dress = Callable[[Delivery, list[str], int], tuple[dict[str, str], dict[str, str]]]
"""The headers and the query of a webhook, signed with these secrets at this time."""


def _signed_in(header: str) -> Dress:
    return lambda delivery, secrets, at: ({header: sign(delivery.body, secrets, at)}, {})


class Deliveries:
    """The queue of webhooks to one endpoint, delivered one after the other in the order they arose."""

    def __init__(self, header: str | Dress, url: str | None, secrets: list[str]) -> None:
        self.dress = _signed_in(header) if isinstance(header, str) else header
        self.url = url
        self.secrets = secrets
        self.holding = False
        self.retry_seconds = 0.2
        """The wait before the second attempt; it doubles with each."""
        self.max_attempts = 6
        self.all: dict[str, Delivery] = {}
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._delivering = asyncio.Lock()
        self._client = httpx.AsyncClient(timeout=30, trust_env=False)

    def add(self, delivery_id: str, kind: str, body: bytes) -> None:
        """Deliver this webhook now, or keep it while deliveries are held or there is no endpoint."""
        delivery = Delivery(delivery_id, kind, body, "held")
        self.all[delivery_id] = delivery
        if self.url and not self.holding:
            self._enqueue(delivery)

    def release(self, chosen: Iterable[Delivery] | None = None) -> None:
        """Queue what is held: the chosen ones in their order, or all; then hold no longer."""
        self.holding = False
        held = [delivery for delivery in self.all.values() if delivery.state == "held"]
        for delivery in held if chosen is None else chosen:
            self._enqueue(delivery)

    def drop(self, chosen: Iterable[Delivery]) -> None:
        """Never deliver these by themselves; ``post`` still can."""
        for delivery in chosen:
            delivery.state = "dropped"

    async def reset(self) -> None:
        """Forget every webhook; once this returns, none of them is delivered any more."""
        self.drop(self.all.values())
        self.all.clear()
        self.holding = False
        async with self._delivering:
            pass

    async def run(self) -> None:
        """Deliver what is queued, for ever."""
        while True:
            delivery = await self._queue.get()
            async with self._delivering:
                if delivery.state == "queued" and not (await self.post(delivery)).succeeded:
                    self._retry_later(delivery)

    async def post(
        self, delivery: Delivery, signed_seconds_ago: float = 0, secrets: list[str] | None = None
    ) -> Attempt:
        """Post once, now. ``signed_seconds_ago`` backdates the signature, as a late delivery would be."""
        signed_at = int(time.time() - signed_seconds_ago)
        attempt = Attempt(at=time.time(), signed_at=signed_at)
        dressed, query = self.dress(delivery, self.secrets if secrets is None else secrets, signed_at)
        headers = {"Content-Type": "application/json; charset=utf-8", **dressed}
        try:
            response = await self._client.post(
                self.url or "", content=delivery.body, headers=headers, params=query
            )
            attempt.status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            attempt.error = f"{type(error).__name__}: {error}"
        delivery.attempts.append(attempt)
        if attempt.succeeded:
            delivery.state = "delivered"
        return attempt

    async def settle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is queued or waiting for a retry; whether that came in time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while any(delivery.state == "queued" for delivery in self.all.values()):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return False
        return True

    def _enqueue(self, delivery: Delivery) -> None:
        delivery.state = "queued"
        self._queue.put_nowait(delivery)

    def _retry_later(self, delivery: Delivery) -> None:
        if len(delivery.attempts) >= self.max_attempts:
            delivery.state = "failed"
            return
        wait = self.retry_seconds * 2 ** (len(delivery.attempts) - 1)
        asyncio.get_running_loop().call_later(wait, self._queue.put_nowait, delivery)
