"""Logs as JSON lines on stderr: what is passed on purpose, and never a body, a header or a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

FACTS = "facts"
DETAIL = re.compile(r"^DETAIL:.*?(?=^(?:HINT|QUERY|CONTEXT):|\n\n|\Z)", re.MULTILINE | re.DOTALL)


def configure() -> None:
    """Sends every log of this process through one JSON line format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "stripe", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def facts(**values: Any) -> dict[str, Any]:
    """For `extra=` of a log call: fields of the JSON line."""
    return {FACTS: values}


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, logger, message, then the record's facts."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, FACTS, {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Without what PostgreSQL tells in DETAIL: whole rows, personal data and all."""
        return DETAIL.sub("", super().formatException(ei))
