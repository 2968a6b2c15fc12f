"""Databases for single tests."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from reserve_db.sqltest.testserver import TestServer


@pytest.fixture
def empty_db(server: TestServer) -> Iterator[str]:
    """Connection string of a fresh, empty database."""
    with server.database(f"empty_{secrets.token_hex(4)}") as dsn:
        yield dsn


@pytest.fixture
def db(servers: Any, pg_major: int) -> Iterator[Clone]:
    """A clone of the deployed product: `.dsn`, `.connect(role=…, claims=…, headers=…)`."""
    with servers.bench(pg_major).cloned() as clone:
        yield clone
