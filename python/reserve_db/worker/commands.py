"""Claims due commands, carries them out, and reports back. No transaction is open meanwhile."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Mapping
from typing import Any

import psycopg

from reserve_db.database import Database, system
from reserve_db.logs import facts
from reserve_db.providers import ProviderError
from reserve_db.worker.handlers import Command, Handler
from reserve_db.worker.reports import report

log = logging.getLogger("reserve_db.worker")


class Commands:
    """The queue of the topics that have a handler here."""

    def __init__(self, database: Database, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._handlers = handlers
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"

    async def claim(self, limit: int) -> list[Command]:
        """Leases at most `limit` commands."""
        arguments = {"worker": self._name, "topics": list(self._handlers), "limit": limit}
        claimed = await self._database.call("claim_commands", arguments, system())
        return [Command.from_json(command) for command in claimed]

    async def carry_out(self, command: Command) -> None:
        """One command from the provider's answer to the database's receipt.

        An answer the database refuses is an unknown outcome: the same request is made again, and given up
        like any other.
        """
        try:
            response = await self._handlers[command.topic](command)
        except ProviderError as error:
            await self._fail(command, error.as_json(), answered=error.answered, retry=error.retry)
            return
        except Exception as error:
            log.exception("handler failed", extra=_about(command))
            told = {"code": "HANDLER_FAILED", "message": type(error).__name__}
            await self._fail(command, told, answered=False, retry=True)
            return
        try:
            await self._report("complete_command", command, {"response": response})
            log.info("command done", extra=_about(command))
        except psycopg.Error as error:
            log.exception("answer refused", extra=_about(command))
            told = {"code": "ANSWER_REFUSED", "message": f"{error.sqlstate}: {error.diag.message_primary}"}
            await self._fail(command, told, answered=False, retry=True)

    async def _fail(self, command: Command, error: Mapping[str, Any], *, answered: bool, retry: bool) -> None:
        log.warning("command failed", extra=_about(command, error=error.get("code"), retry=retry))
        try:
            await self._report(
                "fail_command", command, {"error": dict(error), "answered": answered, "retry": retry}
            )
        except psycopg.Error:
            log.exception("failure not recorded; the lease runs out", extra=_about(command))

    async def _report(self, function: str, command: Command, outcome: Mapping[str, Any]) -> None:
        arguments = {"id": command.id, "claim_token": command.claim_token, **outcome}
        await report(self._database, function, arguments, _about(command))


def _about(command: Command, **more: Any) -> dict[str, Any]:
    return facts(command=command.id, topic=command.topic, attempt=command.attempt, **more)
