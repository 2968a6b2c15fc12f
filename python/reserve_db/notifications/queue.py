"""Claims due messages, writes and sends them, and reports back. No transaction is open meanwhile."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import psycopg

from reserve_db.database import Database, system
from reserve_db.logs import facts
from reserve_db.notifications.message import Message, Sender
from reserve_db.notifications.writing import write
from reserve_db.providers import ProviderError
from reserve_db.worker.reports import report

log = logging.getLogger("reserve_db.worker")

LIKE_AN_ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d ()-]{6,}\d")


class Messages:
    """The queue of the channels that have a sender here; those of others are left alone."""

    def __init__(self, database: Database, senders: Mapping[str, Sender]) -> None:
        self._database = database
        self._senders = senders

    async def claim(self, limit: int) -> list[Message]:
        """Leases at most `limit` messages."""
        if not self._senders:
            return []
        arguments = {"channels": list(self._senders), "limit": limit}
        claimed = await self._database.call("claim_notifications", arguments, system())
        return [Message.from_json(message) for message in claimed]

    async def carry_out(self, message: Message) -> None:
        """A worker that dies between sending and reporting leaves a message that is sent once more."""
        try:
            letter = write(message)
            await self._senders[message.channel].send(letter)
        except ProviderError as error:
            await self._fail(message, f"{error.code}: {_without_addresses(error)}", retry=error.retry)
        except Exception as error:
            log.exception("sender failed", extra=_about(message))
            await self._fail(message, f"SENDER_FAILED: {type(error).__name__}", retry=True)
        else:
            await self._report("complete_notification", message, subject=letter.subject, body=letter.body)
            log.info("message sent", extra=_about(message))

    async def _fail(self, message: Message, error: str, *, retry: bool) -> None:
        log.warning("message not sent", extra=_about(message, error=error, retry=retry))
        await self._report("fail_notification", message, error=error, retry=retry)

    async def _report(self, function: str, message: Message, **outcome: Any) -> None:
        arguments = {"id": message.id, "claim_token": message.claim_token, **outcome}
        try:
            await report(self._database, function, arguments, _about(message))
        except psycopg.Error:
            log.exception("outcome not recorded; the lease runs out", extra=_about(message))


def _without_addresses(error: ProviderError) -> str:
    """Providers repeat whom they refuse."""
    return LIKE_AN_ADDRESS.sub("***", str(error))


def _about(message: Message, **more: Any) -> dict[str, Any]:
    return facts(notification=message.id, template=message.template_code, attempt=message.attempt, **more)
