"""Undoing migrations: only where each says how, all of them or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from reserve_db.deploy import BlockedError, DeployError, HistoryError, MigrateResult, rollback
from reserve_db.deploy.verify import status, verify
from tests.deploy.shop import Shop

Redeploy = Callable[..., MigrateResult]
Dump = Callable[[str], str]

ORDERS = "policies/shop/orders.sql"
COLOR_OF = """
create or replace function shop.color_of(p_item bigint) returns text
language sql stable set search_path = ''
begin atomic
  select color from shop.items where id = p_item;
end;
"""


@pytest.fixture
def before(shop: Shop, tmp_path: Path) -> Path:
    """The files of the release that is deployed."""
    return Path(shutil.copytree(shop.root, tmp_path / "before"))


@pytest.fixture
def next_release(before: Path, shop: Shop, redeploy: Redeploy) -> Shop:
    """Two more migrations, with a function, a table and a guard that need them; deployed."""
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    shop.write(
        "migrations/0004_color.rollback.sql",
        "drop function if exists shop.color_of(bigint); alter table shop.items drop column color;",
    )
    shop.write("migrations/0005_sales.sql", "create table shop.sales (id int);")
    shop.write("migrations/0005_sales.rollback.sql", "drop table shop.sales;")
    shop.write("functions/shop/color_of.sql", COLOR_OF)
    shop.write("policies/shop/sales.sql", "alter table shop.sales enable row level security;")
    shop.append(ORDERS, "grant insert on shop.orders to service_role;")
    redeploy()
    return shop


def test_it_goes_back_to_the_release_before(
    before: Path, next_release: Shop, deployed: str, dump: Dump, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    after = dump(deployed)
    result = rollback(deployed, 2, next_release.root, before)
    assert result.rolled_back == ["0005_sales", "0004_color"]
    assert result.guards == {ORDERS: "the file changed"}
    assert verify(deployed) == []
    assert status(deployed, before).current
    sql.execute("set search_path = deploy")
    operations = "select migration_id, operation from _yoyo_log order by created_at_utc desc limit 2"
    assert set(sql.execute(operations)) == {("0005_sales", "rollback"), ("0004_color", "rollback")}

    assert redeploy().migrations == ["0004_color", "0005_sales"]
    assert dump(deployed) == after


def test_without_another_tree_the_files_must_fit_what_remains(
    next_release: Shop, deployed: str, dump: Dump
) -> None:
    after = dump(deployed)
    with pytest.raises(DeployError, match=r"policies/shop/sales\.sql guards a table that does not exist"):
        rollback(deployed, 1, next_release.root)
    assert dump(deployed) == after

    next_release.remove("policies/shop/sales.sql")
    result = rollback(deployed, 1, next_release.root)
    assert result.rolled_back == ["0005_sales"]
    assert verify(deployed) == []


def test_bodies_that_do_not_fit_stop_everything(next_release: Shop, deployed: str, dump: Dump) -> None:
    next_release.remove("policies/shop/sales.sql")
    after = dump(deployed)
    with pytest.raises(DeployError, match=r"functions/shop/color_of\.sql:5: column \"color\" does not exist"):
        rollback(deployed, 2, next_release.root)
    assert dump(deployed) == after


def test_a_migration_that_says_no_way_back_is_refused_by_name(
    before: Path, next_release: Shop, deployed: str, dump: Dump
) -> None:
    after = dump(deployed)
    next_release.remove("migrations/0004_color.rollback.sql")
    with pytest.raises(DeployError, match=r"^migrations/0004_color\.sql: no \.rollback\.sql"):
        rollback(deployed, 2, next_release.root, before)
    with pytest.raises(DeployError, match="only 5 migrations are applied here"):
        rollback(deployed, 6, next_release.root, before)
    assert dump(deployed) == after


@pytest.mark.parametrize(
    "text", ["select 1 / 0;", "drop table shop.sales; commit;", "-- transactional: false"]
)
def test_a_failure_leaves_the_database_as_it_was(
    text: str, before: Path, next_release: Shop, deployed: str, dump: Dump
) -> None:
    after = dump(deployed)
    next_release.write("migrations/0004_color.rollback.sql", text)
    with pytest.raises(DeployError, match=r"migrations/0004_color\.rollback\.sql"):
        rollback(deployed, 2, next_release.root, before)
    if "commit" not in text:
        assert dump(deployed) == after


def test_the_tree_to_go_back_to_must_be_that_of_the_rest(
    before: Path, next_release: Shop, deployed: str, tmp_path: Path
) -> None:
    with pytest.raises(HistoryError, match=r"migrations/0004_color\.sql: applied to this database, but not"):
        rollback(deployed, 1, next_release.root, before)
    (before / "migrations" / "0003_zebra.sql").write_text("select 1;")
    with pytest.raises(HistoryError, match=r"migrations/0003_zebra\.sql: was never applied here"):
        rollback(deployed, 2, next_release.root, before)


def test_it_waits_within_the_budget(before: Path, next_release: Shop, deployed: str) -> None:
    with psycopg.connect(deployed) as reader:
        reader.execute("select count(*) from shop.sales")
        with pytest.raises(BlockedError, match=f"pid {reader.info.backend_pid} "):
            rollback(deployed, 2, next_release.root, before, lock_budget=0.1, attempts=1)
