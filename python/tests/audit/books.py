"""Something to seal: cities in whose books connections post, some of which give up before they commit."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value

Connection = psycopg.Connection[Any]
Key = tuple[str, str, str]

CITIES = ("URB", "RIO", "POA")
POST = """
select ledger.post('test', %(city)s, null,
  ledger.move('cash_reserve', %(to)s::ledger.ledger_account, %(amount)s, 'adjustment', 'owner', 'ana', 'BRL'),
  now())
"""
TRUTH = """
select city_code, currency, account::text,
  sum(case direction when 'debit' then amount else -amount end)::bigint
from ledger.ledger_entries
group by city_code, currency, account
"""


def found_cities(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        for city in CITIES:
            connection.execute("select tests.create_city(%s)", [city])


def post(connection: Connection, city: str = "URB", amount: int = 5, to: str = "customer_deposits") -> None:
    connection.execute(POST, {"city": city, "amount": amount, "to": to})


def post_at_random(connection: Connection, chance: random.Random, times: int) -> None:
    """Transactions of one to three postings; every fifth is rolled back, and leaves its seqs unused."""
    for _ in range(times):
        with connection.transaction() as transaction:
            for _ in range(chance.randint(1, 3)):
                to = chance.choice(["customer_deposits", "merchant_account"])
                post(connection, chance.choice(CITIES), chance.randint(1, 99), to)
            if chance.random() < 0.2:
                raise psycopg.Rollback(transaction)


def truth(connection: Connection) -> Mapping[Key, int]:
    """Every balance, from all entries there are."""
    return {
        (city, currency, account): balance for city, currency, account, balance in connection.execute(TRUTH)
    }


def told(connection: Connection) -> Mapping[Key, int]:
    """The same by the functions that read snapshots: each account by itself, and the trial balance agrees."""
    trial = value(connection, "select ledger.trial_balance()")
    assert trial["balanced"]
    accounts = {(a["city_code"], a["currency"], a["account"]): a["balance"] for a in trial["accounts"]}
    single = {
        key: value(connection, "select ledger.balance(%s, %s, %s)", key[2], key[0], key[1])
        for key in accounts
    }
    assert single == accounts
    return single


def mark(connection: Connection) -> bool:
    return bool(value(connection, "select audit.mark()"))


def seal(connection: Connection, limit: int = 1000) -> int:
    return int(value(connection, "select audit.seal(%s)", limit))


def verdict(connection: Connection, *heads: str) -> dict[str, Any]:
    return dict(value(connection, "select audit.verify(%s)", list(heads)))


def published(connection: Connection) -> list[str]:
    """Every head that left through the outbox, oldest first."""
    query = """
        select h ->> 'head' from core.outbox as o, jsonb_array_elements(o.payload -> 'heads') as h
        where o.topic = 'audit.publish_heads' order by o.seq"""
    return [head for (head,) in connection.execute(query)]
