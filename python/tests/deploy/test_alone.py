"""Migrations that no transaction can hold."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from reserve_db.deploy import DeployError, MigrateResult, migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import verify
from tests.deploy.shop import Shop

Redeploy = Callable[..., MigrateResult]

ALONE = "-- transactional: false\n"
INDEX = f"{ALONE}create unique index concurrently if not exists items_once on shop.items (name);"


def test_an_index_is_built_beside_writers(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    shop.write("migrations/0004_once.sql", INDEX)
    shop.write("migrations/0005_color.sql", "alter table shop.items add column color text;")
    assert [transaction.alone for transaction in plan(deployed, shop.root).transactions] == [True, False]
    assert redeploy().migrations == ["0004_once", "0005_color"]
    valid = "select indisvalid from pg_index where indexrelid = 'shop.items_once'::regclass"
    assert sql.execute(valid).fetchone() == (True,)
    assert verify(deployed) == []
    assert not redeploy().changed


def test_a_failed_build_can_be_repeated(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("insert into shop.items (name) values ('twin'), ('twin')")
    shop.write("migrations/0004_note.sql", "alter table shop.items add column color text;")
    shop.write("migrations/0005_once.sql", INDEX)
    shop.append("policies/shop/orders.sql", "-- changed")
    with pytest.raises(DeployError, match=r"migrations/0005_once\.sql: could not create unique index"):
        redeploy()
    invalid = "select count(*) from pg_index where not indisvalid and indrelid = 'shop.items'::regclass"
    assert sql.execute(invalid).fetchone() == (1,)

    sql.execute("delete from shop.items where name = 'twin'")
    said: list[str] = []
    result = redeploy(progress=said.append)
    assert "shop.items_once is invalid, left by an attempt that failed: dropping it" in said
    assert result.migrations == ["0005_once"]
    assert list(result.guards) == ["policies/shop/orders.sql"]
    assert sql.execute(invalid).fetchone() == (0,)
    assert verify(deployed) == []


def test_on_a_table_of_the_same_deploy_it_joins_the_transaction(shop: Shop, empty_db: str) -> None:
    shop.write("migrations/0004_once.sql", INDEX)
    assert [transaction.alone for transaction in plan(empty_db, shop.root).transactions] == [False]
    migrate(empty_db, shop.root)
    assert verify(empty_db) == []


def test_a_new_value_of_a_type_is_usable_afterwards(shop: Shop, deployed: str, empty_db: str) -> None:
    shop.write("migrations/0004_idea.sql", f"{ALONE}alter type shop.kind add value if not exists 'idea';")
    shop.write("migrations/0005_use.sql", "insert into shop.items (name, kind) values ('one', 'idea');")
    for database in (deployed, empty_db):
        batches = [transaction.alone for transaction in plan(database, shop.root).transactions]
        assert batches[-2:] == [True, False]
        assert migrate(database, shop.root).migrations[-2:] == ["0004_idea", "0005_use"]
        assert verify(database) == []


def test_what_came_before_stays_and_the_rest_can_follow(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    """A failure after a lone migration: a guard taken away before it comes back with the next deploy."""
    shop.write("migrations/0004_open.sql", "drop policy anyone_reads on shop.items;")
    shop.write("migrations/0005_idea.sql", f"{ALONE}alter type shop.kind add value if not exists 'idea';")
    shop.write("migrations/0006_bad.sql", "select 1 / 0;")
    with pytest.raises(DeployError, match=r"migrations/0006_bad\.sql"):
        redeploy()
    assert [str(difference) for difference in verify(deployed)] == [
        "policy anyone_reads on shop.items is missing"
    ]

    shop.remove("migrations/0006_bad.sql")
    result = redeploy()
    assert result.migrations == []
    assert result.guards == {"policies/shop/items.sql": "policy anyone_reads on shop.items is missing"}
    assert verify(deployed) == []


@pytest.mark.parametrize(
    "statement",
    [
        "create index concurrently items_kind on shop.items (kind);",
        "drop index concurrently shop.items_name;",
        "alter type shop.kind add value 'idea';",
    ],
)
def test_what_cannot_be_repeated_is_refused(statement: str, shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_once.sql", ALONE + statement)
    with pytest.raises(DeployError, match=r"migrations/0004_once\.sql cannot be repeated"):
        redeploy()
