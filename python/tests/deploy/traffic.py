"""Customers of the shop who do not stop while it is deployed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

# The pause makes somebody hold `orders` and want `items` at any time.
BUY = (
    "insert into shop.orders (item_id) select 1 + floor(500 * random())",
    "select pg_sleep(0.02)",
    "select count(*) from shop.items",
)
LOOK = (*BUY[:2], "select count(*) from api.items")
RETURN = (
    "select count(*) from shop.items",
    "select pg_sleep(0.02)",
    "update shop.orders set note = 'back' where id = (select min(id) from shop.orders where note is null)",
)


@dataclass
class Traffic:
    """What the sessions have seen; how many transactions were `done`, the `longest` statement in seconds."""

    done: int = 0
    longest: float = 0.0
    errors: list[psycopg.Error] = field(default_factory=list)

    def goes_on(self) -> bool:
        """Do they get through now?"""
        before = self.done
        deadline = time.monotonic() + 5
        while self.done < before + 6 and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.done >= before + 6


@contextmanager
def traffic(dsn: str, statements: tuple[str, ...]) -> Iterator[Traffic]:
    """Three sessions during the block, each running these in one transaction after the other."""
    seen, stop = Traffic(), threading.Event()

    def shop() -> None:
        with psycopg.connect(dsn, application_name="customer") as connection:
            while not stop.is_set():
                try:
                    for statement in statements:
                        started = time.monotonic()
                        connection.execute(statement)
                        seen.longest = max(seen.longest, time.monotonic() - started)
                    connection.commit()
                except psycopg.Error as error:
                    seen.errors.append(error)
                    connection.rollback()
                else:
                    seen.done += 1

    with ThreadPoolExecutor(3) as pool:
        customers = [pool.submit(shop) for _ in range(3)]
        try:
            assert seen.goes_on()
            yield seen
        finally:
            stop.set()
            for customer in customers:
                customer.result()
