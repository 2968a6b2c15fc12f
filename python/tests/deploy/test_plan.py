"""The plan is what will happen, and making it disturbs nobody."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from reserve_db.deploy import MigrateResult, migrate
from reserve_db.deploy.command import script
from reserve_db.deploy.locks import Lock
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import verify
from tests.deploy.shop import FILES, NEW_PRICE, Shop

ITEMS, ORDERS = "policies/shop/items.sql", "policies/shop/orders.sql"


def test_nothing_to_do(shop: Shop, deployed: str) -> None:
    result = plan(deployed, shop.root)
    assert (result.transactions, result.locks) == ([], [])
    assert list(script(result)) == ["-- nothing to do: the database is current"]


def test_locks_are_named_with_mode_and_reason(shop: Shop, deployed: str, sql: psycopg.Connection) -> None:
    shop.write(
        "migrations/0004_more.sql",
        """
        create table shop.more (item_id bigint references shop.items (id) on delete restrict);
        create index on shop.more (item_id);
        create index on shop.orders (note);
        drop policy if exists anyone_reads on shop.items;
        -- alter table shop.orders: only words
        """,
    )
    shop.append("functions/api/_views.sql", "-- changed")
    sql.execute("grant select on shop.orders to anon")
    more, exclusive = "migrations/0004_more.sql", "access exclusive"
    assert plan(deployed, shop.root).locks == [
        Lock("shop.items", exclusive, more),
        Lock("shop.orders", "share", more),
        Lock("api.items", exclusive, "functions/api/_views.sql: the file changed"),
        Lock("shop.items", exclusive, f"{ITEMS}: policy anyone_reads on shop.items is missing"),
        Lock("shop.orders", exclusive, f"{ORDERS}: table grant to anon on shop.orders is extra"),
    ]


def test_the_script_does_what_migrate_does(shop: Shop, deployed: str, sql: psycopg.Connection) -> None:
    """Run by hand, the printed SQL leaves what a deploy would leave."""
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    shop.write("functions/shop/price_of.sql", NEW_PRICE.replace("anon, ", ""))
    shop.write(ITEMS, FILES[ITEMS].replace("anyone_reads", "all_read").replace(", insert", ""))
    sql.execute("\n".join(script(plan(deployed, shop.root))))
    assert {str(difference) for difference in verify(deployed)} == {
        "column color on shop.items is extra",
        "function grant to anon on shop.price_of(bigint) is missing",
        "function shop.price_of(bigint) is changed",
        "policy all_read on shop.items is extra",
        "policy anyone_reads on shop.items is missing",
        "table grant to service_role on shop.items is changed",
    }


def test_it_changes_nothing_and_waits_for_nobody(
    shop: Shop, deployed: str, dump: Callable[[str], str], redeploy: Callable[..., MigrateResult]
) -> None:
    before = dump(deployed)
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    shop.append(ITEMS, "-- changed")
    with psycopg.connect(deployed) as busy:
        busy.execute("lock table shop.items, shop.orders in row exclusive mode")
        first, second, *_ = plan(deployed, shop.root).transactions[0].steps
    assert (first.name, second.name) == ("locks", "migrations/0004_color.sql")
    assert dump(deployed) == before
    assert redeploy().migrations == ["0004_color"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything a deploy sends."""
    seen: list[str] = []
    execute = psycopg.Cursor.execute

    def recorded(cursor: psycopg.Cursor, query: str, *rest: object, **options: object) -> psycopg.Cursor:
        if cursor.connection.info.get_parameters().get("application_name") == "reserve-db migrate":
            seen.append(query)
        return execute(cursor, query, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded)
    return seen


# Questions, settings of its session, and its own books.
OWN = re.compile(
    r"\s*$|\s*(?:select|with|reset|set)\b|-- Everything the catalog says|-- The engine's own|"
    r"\s*(?:insert into|delete from|create table|drop table|alter table|update)\s+(?:deploy\.|\"?_?yoyo)",
    re.IGNORECASE,
)


def assert_as_planned(sent: list[str], expected: list[str]) -> None:
    assert [query for query in sent if query in expected] == expected
    assert [query for query in sent if query not in expected and not OWN.match(query)] == []


def planned(dsn: str, shop: Shop) -> list[str]:
    return [
        step.sql
        for transaction in plan(dsn, shop.root).transactions
        for step in transaction.steps
        if step.sql
    ]


def test_a_first_deploy_sends_what_was_planned(shop: Shop, empty_db: str, sent: list[str]) -> None:
    expected = planned(empty_db, shop)
    migrate(empty_db, shop.root)
    assert_as_planned(sent, expected)


def test_a_deploy_sends_what_was_planned(
    shop: Shop,
    deployed: str,
    sql: psycopg.Connection,
    redeploy: Callable[..., MigrateResult],
    sent: list[str],
) -> None:
    """With all that can come together: drift, lone migrations, migrations that take things away."""
    sql.execute("grant select on shop.orders to anon")
    sql.execute(
        "create trigger mine before insert on shop.items for each row execute function shop.tg_items__stamp()"
    )
    shop.write(
        "migrations/0004_more.sql",
        "drop policy if exists anyone_reads on shop.items; drop trigger _100_stamp on shop.items;"
        "drop view if exists api.items; drop function if exists api.price_of(bigint);"
        "alter table shop.items add column color text; create table shop.more (id int);",
    )
    shop.write(
        "migrations/0005_idea.sql",
        "-- transactional: false\nalter type shop.kind add value if not exists 'idea';",
    )
    shop.write("migrations/0006_drop.sql", "drop table shop.orders;")
    shop.remove(ORDERS)
    shop.write("policies/shop/more.sql", "alter table shop.more enable row level security;")
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    expected = planned(deployed, shop)
    redeploy()
    assert_as_planned(sent, expected)
