"""A deploy while customers hold one table and want the next, which it wants and holds the other way round."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from reserve_db.deploy import DeployError, MigrateResult
from tests.deploy.shop import FILES, Shop
from tests.deploy.test_migrate import BROKEN, COLUMN
from tests.deploy.traffic import BUY, LOOK, RETURN, traffic

Redeploy = Callable[..., MigrateResult]

ITEMS, ORDERS, VIEWS = "policies/shop/items.sql", "policies/shop/orders.sql", "functions/api/_views.sql"
# What is deployed, and what customers do meanwhile.
Crossing = tuple[dict[str, str], tuple[str, ...]]
COLOR = {"migrations/0004_color.sql": COLUMN}
TAX = {"migrations/0004_tax.sql": "alter table shop.orders add column tax bigint;"}
INDEX = {
    "migrations/0005_index.sql": "drop index shop.items_name; create index orders_note on shop.orders (note);"
}
NEW_ITEMS, NEW_ORDERS, NEW_VIEWS = ({name: FILES[name] + "-- new"} for name in (ITEMS, ORDERS, VIEWS))
CROSSINGS: dict[str, Crossing] = {
    "a migration and a guard": (COLOR | NEW_ORDERS, BUY),
    "a migration and a guard, from the other side": (TAX | NEW_ITEMS, RETURN),
    "two migrations": (COLOR | INDEX, BUY),
    "two guards": (NEW_ITEMS | NEW_ORDERS, BUY),
    "a view and a guard": (NEW_VIEWS | NEW_ORDERS, LOOK),
}


@pytest.mark.parametrize("crossing", CROSSINGS)
def test_a_deploy_gets_through(crossing: str, shop: Shop, deployed: str, redeploy: Redeploy) -> None:
    files, transaction = CROSSINGS[crossing]
    for name, text in files.items():
        shop.write(name, text)
    with traffic(deployed, transaction) as customers:
        assert redeploy(attempts=5, lock_budget=1.0).changed
        assert customers.goes_on()
    assert customers.errors == []
    assert customers.longest < 1.0 + 0.5


@pytest.mark.parametrize("broken", BROKEN)
def test_a_failure_leaves_the_database_as_it_was(
    broken: str, shop: Shop, deployed: str, dump: Callable[[str], str], redeploy: Redeploy,
    sql: psycopg.Connection,
) -> None:  # fmt: skip
    """With rows and customers in it; nobody gets an error, no lock stays, no row is lost."""
    before = dump(deployed)
    shop.write("migrations/0004_color.sql", COLUMN)
    shop.append(ORDERS, "grant insert on shop.orders to service_role;")
    name, text = BROKEN[broken]
    if text is None:
        shop.remove(name)
    else:
        shop.write(name, text)

    with traffic(deployed, BUY) as customers:
        with pytest.raises(DeployError) as failure:
            redeploy(attempts=5, lock_budget=1.0)
        assert dump(deployed) == before
        locks = (
            "select from pg_locks join pg_stat_activity using (pid) where application_name ~ '^reserve-db'"
        )
        assert sql.execute(locks).fetchall() == []
        assert customers.goes_on()
    assert ("shop.price_of(bigint)" if text is None else name) in str(failure.value)
    assert customers.errors == []
    assert customers.longest < 1.0 + 0.5
    assert sql.execute("select count(*) from shop.orders").fetchone() == (500 + customers.done,)
    assert sql.execute("select count(*) from shop.items").fetchone() == (500,)
