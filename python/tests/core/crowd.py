"""Many callers at the same instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import psycopg

from reserve_db.sqltest.bench import Clone

Outcome = TypeVar("Outcome")
Connection = psycopg.Connection[Any]


def at_once(
    db: Clone,
    number: int,
    act: Callable[[Connection, int], Outcome],
    headers: Mapping[str, str] | None = None,
) -> list[Outcome]:
    """Runs act(connection, n) for n in 0 … number-1, each on a connection of its own, started together."""
    barrier = Barrier(number)

    def run(n: int) -> Outcome:
        with db.connect(headers=headers, autocommit=True) as connection:
            barrier.wait(timeout=30)
            return act(connection, n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def value(connection: Connection, query: str, *parameters: object) -> Any:
    """The first column of the first row."""
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return row[0]
