"""Databases for single tests."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltest.testserver import TestServer


@pytest.fixture
def empty_db(server: TestServer) -> Iterator[str]:
    """Connection string of a fresh, empty database."""
    with server.database(f"empty_{secrets.token_hex(4)}") as dsn:
        yield dsn


@pytest.fixture
def db(bench: Bench) -> Iterator[Clone]:
    """A clone of the deployed product: `.dsn`, `.connect(role=…, claims=…, headers=…)`."""
    with bench.cloned() as clone:
        yield clone
