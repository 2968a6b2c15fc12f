"""The plan is what will happen, and making it disturbs nobody."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from reserve_db.deploy import MigrateResult
from reserve_db.deploy.command import script
from reserve_db.deploy.plan import Lock, plan
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
        Lock("shop.items", "share row exclusive", more),
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
        first, *_ = plan(deployed, shop.root).transactions[0].steps
    assert first.name == "migrations/0004_color.sql"
    assert dump(deployed) == before
    assert redeploy().migrations == ["0004_color"]
