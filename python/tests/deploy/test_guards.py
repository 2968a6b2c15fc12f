"""What guards a table is what its file says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from reserve_db.deploy import MigrateResult
from reserve_db.deploy.verify import verify
from tests.deploy.shop import FILES, Shop

Redeploy = Callable[..., MigrateResult]

ITEMS, ORDERS = "policies/shop/items.sql", "policies/shop/orders.sql"


def test_what_a_file_no_longer_says_is_gone(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    shop.write(ITEMS, "grant select (id) on shop.items to anon;")
    redeploy()
    rows = sql.execute(
        "select kind, name, definition from deploy.catalog where parent = 'shop.items' "
        "and kind in ('policy', 'trigger', 'row security', 'table grant to', 'column grant to') "
        "and name <> 'postgres'"
    ).fetchall()
    assert sorted(rows) == [("column grant to", "anon", "select (id)"), ("row security", "", "disabled")]
    assert verify(deployed) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("drop policy service_reads on shop.orders", "policy service_reads on shop.orders is missing"),
        ("alter policy service_reads on shop.orders using (id > 0)",
         "policy service_reads on shop.orders is changed"),
        ("create policy more on shop.orders for select to anon using (true)",
         "policy more on shop.orders is extra"),
        ("alter table shop.orders disable row level security", "row security shop.orders is changed"),
        ("grant select on shop.orders to anon", "table grant to anon on shop.orders is extra"),
        ("grant update (note) on shop.orders to public", "column grant to public on shop.orders is extra"),
        ("revoke all on shop.orders from service_role",
         "table grant to service_role on shop.orders is missing"),
    ],
)  # fmt: skip
def test_a_deploy_puts_a_guard_back(
    change: str, reason: str, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute(change)
    assert redeploy().guards == {ORDERS: reason}
    assert verify(deployed) == []
    assert not redeploy().changed


def test_a_disabled_trigger_is_enabled_again(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("alter table shop.items disable trigger _100_stamp")
    assert redeploy().guards == {ITEMS: "trigger _100_stamp on shop.items is changed"}
    assert verify(deployed) == []


def test_a_function_changed_by_hand_is_put_back(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("alter function shop.price_of(bigint) security invoker")
    sql.execute("grant execute on function shop.price_of(bigint) to authenticated")
    assert redeploy().functions == "function shop.price_of(bigint) is changed"
    assert verify(deployed) == []


def test_a_grant_taken_out_of_a_function_file_is_taken_back(
    shop: Shop, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    shop.write("functions/shop/price_of.sql", FILES["functions/shop/price_of.sql"].replace("anon, ", ""))
    redeploy()
    allowed = sql.execute("select has_function_privilege('anon', 'shop.price_of(bigint)', 'execute')")
    assert allowed.fetchone() == (False,)


def test_a_view_keeps_its_options_and_loses_stray_grants(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("create or replace view api.items as select id, name from shop.items")
    sql.execute("grant delete on api.items to authenticated")
    assert redeploy().views == {"functions/api/_views.sql": "view api.items is changed"}
    assert verify(deployed) == []


def test_a_view_that_was_dropped_comes_back(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("drop view api.items")
    assert list(redeploy().views) == ["functions/api/_views.sql"]
    assert verify(deployed) == []


def test_what_a_migration_takes_out_of_its_way_comes_back(
    shop: Shop, deployed: str, redeploy: Redeploy
) -> None:
    shop.write(
        "migrations/0004_kind.sql",
        """
        drop view if exists api.items;
        drop policy if exists anyone_reads on shop.items;
        drop trigger if exists _100_stamp on shop.items;
        drop function if exists shop.tg_items__stamp();
        alter table shop.items alter column kind type text, alter column kind set default 'thing';
        """,
    )
    shop.write(ITEMS, FILES[ITEMS])
    result = redeploy()
    assert list(result.guards) == [ITEMS]
    assert list(result.views) == ["functions/api/_views.sql"]
    assert verify(deployed) == []


def test_rights_given_to_other_roles_stay_and_are_reported(
    deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    """A guard file decides nothing for the customer's own roles: no table is locked because of them."""
    sql.execute("drop role if exists shop_reporting")
    sql.execute("create role shop_reporting")
    try:
        sql.execute("grant select on shop.orders to shop_reporting")
        assert not redeploy().changed
        assert [str(d) for d in verify(deployed)] == ["table grant to shop_reporting on shop.orders is extra"]
    finally:
        sql.execute("drop owned by shop_reporting")
        sql.execute("drop role shop_reporting")
