"""However long the books are, a balance reads the last snapshot and the entries since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value

CITIES = ("URB", "RIO")
SNAPSHOTS = 4
BETWEEN = 2000
TAIL = 20
PLANNER = 4  # rows at the ends of an index that planning may look up
LOADED = """
with posted as (
  insert into ledger.ledger_transactions (seq, xid, started_at, type, city_code, event_at)
  select
    nextval('ledger.ledger_transactions_seq'), '3', now(), 'test', (%(cities)s::text[])[1 + n %% 2], now()
  from generate_series(1, %(number)s) as n
  returning id, seq, city_code
)
insert into ledger.ledger_entries
  (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
select p.id, p.seq, p.city_code, 'adjustment',
  e.account::ledger.ledger_account, e.direction::ledger.ledger_direction, p.seq, 'BRL'
from posted as p
cross join (values ('cash_reserve', 'debit'), ('customer_deposits', 'credit')) as e (account, direction)
"""
READ = """
select coalesce(idx_tup_fetch, 0), coalesce(seq_tup_read, 0)
from pg_stat_xact_user_tables where relid = 'ledger.ledger_entries'::regclass
"""


def load(connection: psycopg.Connection[Any], number: int) -> None:
    """Without guards, which would take most of the time, and as the one transaction of a mark."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute(LOADED, {"cities": list(CITIES), "number": number})


@pytest.fixture
def long_books(db: Clone) -> Iterator[psycopg.Connection[Any]]:
    with db.connect(autocommit=True) as connection:
        for city in CITIES:
            connection.execute("select tests.create_city(%s)", [city])
        for _ in range(SNAPSHOTS):
            load(connection, BETWEEN)
            connection.execute("select audit.record('books.loaded', 'books', core.new_id(), 'ALL')")
            assert value(connection, "select audit.mark()")
            assert value(connection, "select ledger.snapshot()") == 2 * len(CITIES)
        load(connection, TAIL)
        connection.execute("analyze")
        yield connection


MOST_READ = {
    "select ledger.balance('cash_reserve', 'URB', 'BRL')": TAIL // 2,
    "select ledger.trial_balance()": 2 * TAIL,
    "select ledger.trial_balance('URB')": TAIL,
    "select ledger.balance_at('cash_reserve', 'URB', 'BRL', now())": TAIL // 2,
    "select ledger.balance_at('cash_reserve', 'URB', 'BRL', (select min(marked_at) from audit.marks))": 0,
    "select ledger.statement('cash_reserve', 'URB', 'BRL', p_from => now())": TAIL // 2 + 1,
    "select ledger.statement('cash_reserve', 'URB', 'BRL', p_limit => 10)": 11,
}


def test_balances_read_the_tail_only(long_books: psycopg.Connection[Any]) -> None:
    for call, most in MOST_READ.items():
        with long_books.transaction():
            by_index, by_scan = long_books.execute(READ).fetchone() or (0, 0)
            long_books.execute(call.encode())
            by_index_then, by_scan_then = long_books.execute(READ).fetchone() or (0, 0)
        assert by_index_then - by_index <= most + PLANNER, call
        assert by_scan_then == by_scan, call


def test_every_place_has_its_balance(long_books: psycopg.Connection[Any]) -> None:
    wrong = long_books.execute(
        """
        select e.seq, e.running, ledger.balance_up_to('cash_reserve', 'URB', 'BRL', e.seq)
        from (
          select e.seq, sum(e.amount) over (order by e.seq) as running
          from ledger.ledger_entries as e
          where e.account = 'cash_reserve' and e.city_code = 'URB') as e
        where e.seq % 97 in (0, 1, 96)
          and e.running <> ledger.balance_up_to('cash_reserve', 'URB', 'BRL', e.seq)"""
    ).fetchall()
    assert wrong == []
    assert value(long_books, "select ledger.verify()")["ok"]
