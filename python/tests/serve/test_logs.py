"""What gets into the logs, and what must not."""

from __future__ import annotations

import json
import logging
import sys

import psycopg

from reserve_db.logs import JsonLines, facts
from reserve_db.sqltest.bench import Clone


def line(record: logging.LogRecord) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(JsonLines().format(record))
    return parsed


def test_a_line_is_one_json_object_with_its_facts() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines", "name": "n", "levelname": "INFO", **facts(rows=3)})
    told = line(record)
    assert {name: told[name] for name in ("message", "logger", "level", "rows")} == {
        "message": "two\nlines",
        "logger": "n",
        "level": "info",
        "rows": 3,
    }


def test_rows_of_guests_stay_out_of_the_logs(db: Clone) -> None:
    with db.connect() as connection:
        try:
            connection.execute(
                "insert into lodging.travelers (email, last_name) values ('Ana@X', E'Sou\\nza')"
            )
        except psycopg.errors.CheckViolation:
            record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    told = str(line(record)["traceback"])
    assert "email_is_normalised" in told
    assert "Ana@X" not in told
    assert "za" not in told.split("email_is_normalised")[1]
