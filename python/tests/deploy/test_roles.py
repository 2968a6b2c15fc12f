"""A deploying role without special powers."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reserve_db.deploy import BlockedError, DeployError, migrate
from reserve_db.deploy.locks import Lock
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import notes, verify
from reserve_db.sqltest.testserver import TestServer
from tests.deploy.shop import NEW_PRICE, Shop


def test_it_deploys_without_being_superuser(shop: Shop, plain: str, server: TestServer) -> None:
    assert migrate(plain, shop.root).changed
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    shop.append("policies/shop/items.sql", "-- changed")
    assert migrate(plain, shop.root).guards == {"policies/shop/items.sql": "the file changed"}
    assert verify(plain) == []

    shop.append("policies/shop/items.sql", "-- changed")
    superuser = make_conninfo(plain, user="postgres")
    with psycopg.connect(superuser) as reader:
        reader.execute("select count(*) from shop.items")
        with pytest.raises(BlockedError, match=f"pid {reader.info.backend_pid} "):
            migrate(plain, shop.root, attempts=1, lock_budget=0.1)


def test_what_it_may_not_reference_is_said(shop: Shop, plain: str) -> None:
    with psycopg.connect(make_conninfo(plain, user="postgres"), autocommit=True) as platform:
        platform.execute("create schema auth; create table auth.users (id uuid primary key)")
        platform.execute("grant usage on schema auth to public")
    left_out = ["foreign keys to auth.users are left out: this role has no REFERENCES privilege there"]
    shop.write(
        "migrations/0004_say.sql",
        "do $$ begin raise notice 'left out'; end $$; drop table if exists shop.no;",
    )
    assert plan(plain, shop.root).notes == left_out
    said: list[str] = []
    migrate(plain, shop.root, progress=said.append)
    assert "  left out" in said
    assert not any("skipping" in line for line in said)
    assert notes(plain) == left_out


def test_what_it_may_not_lock_is_locked_by_its_statement_alone(shop: Shop, plain: str) -> None:
    """To refer to a table takes a lock on it, and less of a right than LOCK would."""
    with psycopg.connect(make_conninfo(plain, user="postgres"), autocommit=True) as platform:
        platform.execute("create schema auth; create table auth.users (id uuid primary key)")
        platform.execute(
            "grant usage on schema auth to public; grant select, references on auth.users to public"
        )
    shop.write("migrations/0004_user.sql", "create table shop.people (id uuid references auth.users (id));")
    why = "migrations/0004_user.sql"
    assert Lock("auth.users", "share row exclusive", why) in plan(plain, shop.root).locks
    assert migrate(plain, shop.root).changed


@pytest.mark.parametrize("where", ["", "in schema shop"])
def test_default_privileges_that_open_everything_are_refused(where: str, shop: Shop, plain: str) -> None:
    with psycopg.connect(plain, autocommit=True) as deployer:
        deployer.execute("create schema shop; create schema public2")
        deployer.execute("alter default privileges in schema public2 grant all on functions to anon")
        deployer.execute(f"alter default privileges {where} grant execute on functions to anon")
    said = f"functions to anon {where.replace('schema ', '') or 'in every schema'}: all that is made"
    for deploy in (plan, migrate):
        with pytest.raises(DeployError, match=said):
            deploy(plain, shop.root)
