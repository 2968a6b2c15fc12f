"""Which database a command talks to, and how a connection to it is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

EMBEDDED_DATA = Path(".reserve-db")


class CannotConnectError(Exception):
    """The server cannot be reached, refuses us, or does not exist."""


@contextmanager
def resolve_dsn(dsn: str | None = None) -> Iterator[str]:
    """Yield `dsn`, else DATABASE_URL, else an embedded server, which lives as long as the block."""
    if chosen := dsn or os.environ.get("DATABASE_URL"):
        yield chosen
        return
    try:
        from reserve_db.servers import EmbeddedServer
    except ImportError as error:
        raise CannotConnectError(
            "no database: give --dsn or DATABASE_URL, or install the embedded server with "
            "pip install 'reserve-db[embedded]'"
        ) from error
    with EmbeddedServer(EMBEDDED_DATA) as embedded:
        yield embedded


def connect(dsn: str, application_name: str) -> psycopg.Connection:
    """An autocommit connection without prepared statements, so that it also works through a pooler."""
    try:
        return psycopg.connect(
            dsn, autocommit=True, prepare_threshold=None, application_name=application_name
        )
    except psycopg.OperationalError as error:
        raise CannotConnectError(str(error).strip()) from error
    except psycopg.ProgrammingError as error:
        raise CannotConnectError(f"this is not a connection string: {error}") from error
