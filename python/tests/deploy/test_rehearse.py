"""A rehearsal tells what a deploy would do, by doing it to a copy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import psycopg
import pytest

from reserve_db.deploy import DeployError, migrate
from reserve_db.deploy.rehearse import rehearse
from reserve_db.servers import ServerError
from tests.deploy.conftest import Run
from tests.deploy.shop import FILES, NEW_PRICE, Shop

ITEMS = "policies/shop/items.sql"


@pytest.fixture
def next_release(shop: Shop) -> Iterator[Shop]:
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    shop.write(ITEMS, FILES[ITEMS].replace("anyone_reads", "all_read"))
    return shop


def test_it_tells_changes_locks_and_times(
    next_release: Shop, deployed: str, dump: Callable[[str], str], pg_major: int
) -> None:
    before = dump(deployed)
    said: list[str] = []
    result = rehearse(deployed, next_release.root, said.append)
    assert said == [f"starting a throw-away PostgreSQL {pg_major}"]
    assert result.notes == []
    assert result.server_version.startswith(f"{pg_major}.")
    assert [str(change) for change in result.changes] == [
        "column color on shop.items is extra",
        "function shop.price_of(bigint) is changed",
        "policy all_read on shop.items is extra",
        "policy anyone_reads on shop.items is missing",
    ]
    assert {step.name: step.locks for step in result.steps if step.locks} == {
        "locks": [("shop.items", "access exclusive")]
    }
    assert all(step.seconds >= 0 for step in result.steps)
    assert dump(deployed) == before


def test_what_migrations_wrote_is_there(shop: Shop, empty_db: str) -> None:
    """A later migration may build on rows of an earlier one; the business's rows stay at home."""
    shop.write(
        "migrations/0004_shelves.sql",
        "create table shop.shelves (id bigint generated always as identity primary key, name text unique);"
        "insert into shop.shelves (name) values ('upper'), ('lower');"
        "create table shop.boxes (shelf text references shop.shelves (name) on delete restrict);",
    )
    migrate(empty_db, shop.root)
    shop.write(
        "migrations/0005_boxes.sql",
        "insert into shop.boxes (shelf) select 'upper' where not exists (select from shop.items);"
        "insert into shop.shelves (name) values ('third');",
    )
    assert rehearse(empty_db, shop.root).notes == []


def test_it_fails_as_the_deploy_would(shop: Shop, plain: str) -> None:
    """The copy belongs to the same roles, with no more rights than here."""
    migrate(plain, shop.root)
    shop.write("migrations/0004_bad.sql", "create role secret superuser;")
    with pytest.raises(DeployError, match=r"the rehearsal failed: migrations/0004_bad\.sql.*(42501)"):
        rehearse(plain, shop.root)


def test_the_platforms_schema_is_only_referred_to(shop: Shop, deployed: str, sql: psycopg.Connection) -> None:
    sql.execute("create schema auth; create table auth.users (id uuid primary key, secret text)")
    sql.execute("insert into auth.users values (gen_random_uuid(), 'hash')")
    shop.write(
        "migrations/0004_user.sql",
        "alter table shop.orders add column user_id uuid references auth.users (id) on delete restrict;",
    )
    changes = [change.object for change in rehearse(deployed, shop.root).changes]
    assert changes == ["column user_id on shop.orders", "constraint orders_user_id_fkey on shop.orders"]


def test_a_first_deploy(shop: Shop, empty_db: str) -> None:
    result = rehearse(empty_db, shop.root)
    assert "table shop.items" in {change.object for change in result.changes}
    assert not any(step.locks for step in result.steps)


def test_on_the_command_line(next_release: Shop, deployed: str, run: Run) -> None:
    tree = ("--sql", str(next_release.root), "--dsn", deployed, "--rehearse")
    told = json.loads(run("plan", *tree, "--json").stdout)
    assert {"object": "column color on shop.items", "before": None, "after": "text"} in told["rehearsal"][
        "changes"
    ]

    next_release.write("migrations/0005_bad.sql", "select 1 / 0;")
    failed = run("plan", *tree)
    assert failed.returncode == 1
    assert "the rehearsal failed: migrations/0005_bad.sql: division by zero" in failed.stderr


def test_without_programs_it_says_which(
    next_release: Shop, deployed: str, monkeypatch: pytest.MonkeyPatch, pg_major: int
) -> None:
    monkeypatch.setattr("reserve_db.deploy.rehearse._pg_dumps", lambda _: {})
    with pytest.raises(ServerError, match=f"pg_dump: put one of PostgreSQL {pg_major} or later on PATH"):
        rehearse(deployed, next_release.root)
