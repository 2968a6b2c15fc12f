"""Guests who book, as the tests of races and answers need them."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from tests.core.crowd import Connection

Json = dict[str, Any]


def refusal(connection: Connection, query: str, *parameters: object) -> str | None:
    """The code of ours that a call fails with, None if it succeeds. Other errors are errors of the test."""
    try:
        connection.execute(query, parameters)
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith("PT"):
            raise
        return str(json.loads(error.diag.message_detail or "{}")["code"])
    return None


def hold(connection: Connection, name: str, unit: str, first_night: int, nights: int) -> str | None:
    """A guest asks for nights; the refusal, or None if he holds them."""
    return refusal(connection, "select tests.hold(%s, %s, %s, %s)", name, unit, first_night, nights)


def overdue(connection: Connection, name: str) -> None:
    """The hold of a guest has run out, and nobody has noticed yet."""
    connection.execute(
        "update lodging.booking_intents set expires_at = core.now() - interval '1 second'"
        " where id = (tests.intent(%s)).id",
        [name],
    )


def assert_in_order(connection: Connection) -> None:
    """Every counter is what the intents and reservations say, and the books balance."""
    assert connection.execute("select * from tests.wrong_nights()").fetchall() == []
    row = connection.execute("select ledger.verify() -> 'violations'").fetchone()
    assert row == ([],)
