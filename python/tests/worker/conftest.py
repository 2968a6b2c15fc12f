"""A database with a module that only notes how its commands went, and one job of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.types.json import Jsonb

from reserve_db.database import Database
from reserve_db.sqltest.bench import Bench, Clone

T = TypeVar("T")

TOYS = """
    create schema toy;
    insert into core.modules (name, position) values ('toy', 500);
    create table toy.outcomes (
      id bigint generated always as identity, command uuid, outcome text, response jsonb);

    create sequence toy.deadlocks;
    create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
    returns void language plpgsql volatile security definer as $$
    begin
      if p_outcome = 'done' and p_response ? 'refuse' then
        raise exception 'no such answer';
      end if;
      if p_outcome = 'done' and p_response ? 'deadlock' and nextval('toy.deadlocks') = 1 then
        raise exception 'a deadlock' using errcode = '40P01';
      end if;
      insert into toy.outcomes (command, outcome, response) values (p_command_id, p_outcome, p_response);
    end $$;

    create table toy.work (id integer primary key, done boolean not null default false);
    create function toy.tick_a_broken(p_limit integer) returns integer language plpgsql security definer as
    $$ begin raise exception 'broken job'; end $$;
    create function toy.tick_finish(p_limit integer) returns integer language sql security definer as $$
      with finished as (
        update toy.work set done = true
        where id in (select id from toy.work where not done order by id limit p_limit) returning id)
      select count(*)::integer from finished $$;
"""


class Queue:
    """The toy's commands as the operator sees them."""

    def __init__(self, db: Clone) -> None:
        self.db = db
        self._connection: psycopg.Connection[Any] = db.connect(autocommit=True)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self._connection.execute(query.encode(), values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def add(self, queue_key: str = "one", **payload: Any) -> str:
        """Queues a command; its id."""
        query = "select core.enqueue_command('toy.do', %s, 'ALL', null, %s)"
        return str(self.value(query, queue_key, Jsonb(payload)))

    def make_due(self) -> None:
        """As if every wait and lease were over."""
        self.rows(
            "update core.outbox set next_attempt_at = now() - interval '1 s', "
            "claimed_until = now() - interval '1 s' where status = 'pending' returning 1"
        )

    def state(self, command: str) -> tuple[str, int, int]:
        """Status, attempts, generation."""
        query = "select status, attempts, generation from core.outbox where id = %s"
        found: tuple[str, int, int] = self.rows(query, command)[0]
        return found

    def outcomes(self, command: str) -> list[str]:
        return [
            row[0]
            for row in self.rows("select outcome from toy.outcomes where command = %s order by id", command)
        ]


@pytest.fixture(scope="module")
def toy_db(bench: Bench) -> Iterator[Clone]:
    with bench.cloned() as clone:
        with clone.connect() as connection:
            connection.execute(TOYS)
        yield clone


@pytest.fixture
def queue(toy_db: Clone) -> Queue:
    """Empty."""
    queue = Queue(toy_db)
    queue.rows("delete from core.outbox returning 1")
    queue.rows("delete from toy.work returning 1")
    return queue


@asynccontextmanager
async def database(db: Clone) -> Any:
    async with Database(db.dsn, "reserve-db worker", 5, "10s", "5s") as opened:
        yield opened


def run(main: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(30):
            return await main

    return asyncio.run(bounded())
