"""What can stop a deploy. Each message says what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

# Where PostgreSQL says what is wrong, but not what to do about it.
_HINTS = {"42P16": "a view can only get more columns: drop it first, in a migration"}


class DeployError(Exception):
    """A deploy was refused or failed; the open transaction is rolled back."""


class HistoryError(DeployError):
    """An applied migration was edited, or its file is gone."""


class OrphanError(DeployError):
    """The database has functions or views that no file makes."""


class FileError(DeployError):
    """A file failed on the server: names file, line, message, detail and hint."""

    def __init__(self, name: str, sql: str, error: psycopg.Error) -> None:
        diagnostic = error.diag
        position = int(diagnostic.statement_position or 0)
        line = f":{sql.count(chr(10), 0, position) + 1}" if position else ""
        parts = [f"{name}{line}: {diagnostic.message_primary or error} ({error.sqlstate})"]
        for label, value in (
            ("detail", diagnostic.message_detail),
            ("hint", diagnostic.message_hint or _HINTS.get(error.sqlstate or "")),
            ("context", diagnostic.context),
        ):
            if value:
                parts.append(f"  {label}: {value}")
        super().__init__("\n".join(parts))


class BlockedError(DeployError):
    """The wait budget for locks ran out."""

    def __init__(self, reason: str, blockers: Sequence[str] = ()) -> None:
        super().__init__("\n  ".join([reason, *(f"blocked by {blocker}" for blocker in blockers)]))
        self.blockers = list(blockers)
