"""Drift is anything: each kind is named, and none is forgotten by the next deploy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from reserve_db.deploy import DeployError, MigrateResult
from reserve_db.deploy.history import History
from reserve_db.deploy.plan import plan
from reserve_db.deploy.session import SETTINGS
from reserve_db.deploy.verify import accept, verify
from reserve_db.sqltest.testserver import TestServer
from tests.deploy.shop import NEW_PRICE, Shop

Redeploy = Callable[..., MigrateResult]

# What somebody does, and how it is named.
DRIFT = """
create or replace function shop.price_of(p_item bigint) returns bigint language sql as $$ select 1::bigint $$
    function shop.price_of(bigint) is changed
alter function shop.price_of(bigint) volatile
    function shop.price_of(bigint) is changed
alter function shop.price_of(bigint) reset search_path
    function shop.price_of(bigint) is changed
alter function shop.price_of(bigint) security invoker
    function shop.price_of(bigint) is changed
create function shop.extra() returns int language sql as 'select 1'
    function shop.extra() is extra
drop policy anyone_reads on shop.items
    policy anyone_reads on shop.items is missing
alter policy anyone_reads on shop.items to public
    policy anyone_reads on shop.items is changed
grant select on shop.orders to anon
    table grant to anon on shop.orders is extra
grant select (note) on shop.orders to anon
    column grant to anon on shop.orders is extra
revoke insert on shop.items from service_role
    table grant to service_role on shop.items is changed
grant execute on function shop.price_of(bigint) to public
    function grant to public on shop.price_of(bigint) is extra
revoke execute on function api.price_of(bigint) from anon
    function grant to anon on api.price_of(bigint) is missing
grant usage on schema shop to anon
    schema grant to anon on shop is extra
revoke usage on schema api from anon
    schema grant to anon on api is missing
grant usage on sequence shop.items_id_seq to anon
    sequence grant to anon on shop.items_id_seq is extra
alter default privileges in schema shop grant select on tables to anon
    default grant to anon on shop r is extra
alter table shop.items disable trigger _100_stamp
    trigger _100_stamp on shop.items is changed
alter table shop.items enable always trigger _100_stamp
    trigger _100_stamp on shop.items is changed
drop trigger _100_stamp on shop.items
    trigger _100_stamp on shop.items is missing
alter table shop.items alter column price set default 1
    column price on shop.items is changed
alter table shop.items alter column price drop default
    column price on shop.items is changed
alter table shop.items alter column price drop not null
    column price on shop.items is changed
alter table shop.orders alter column note type varchar(10)
    column note on shop.orders is changed
alter table shop.items add column color text
    column color on shop.items is extra
alter table shop.orders drop column note
    column note on shop.orders is missing
create table shop.more (id int)
    table shop.more is extra
drop table shop.orders
    table shop.orders is missing
alter table shop.items set (fillfactor = 50)
    table shop.items is changed
alter table shop.items replica identity full
    table shop.items is changed
alter table shop.items disable row level security
    row security shop.items is changed
alter table shop.items force row level security
    row security shop.items is changed
alter table shop.items drop constraint price_not_negative
    constraint price_not_negative on shop.items is missing
alter table shop.items add check (price < 100)
    constraint items_price_check on shop.items is extra
drop index shop.items_name
    index items_name on shop.items is missing
create index on shop.items (price)
    index items_price_idx on shop.items is extra
update pg_index set indisvalid = false where indexrelid = 'shop.items_name'::regclass
    index items_name on shop.items is changed
create statistics shop.together on name, kind from shop.items
    statistics together on shop.items is extra
create rule nothing as on delete to shop.orders do instead nothing
    rule nothing on shop.orders is extra
alter type shop.kind add value 'idea'
    type shop.kind is changed
alter type shop.kind rename value 'thing' to 'object'
    type shop.kind is changed
create domain shop.amount as bigint check (value > 0)
    type shop.amount is extra
create type shop.pair as (a int, b int)
    composite type shop.pair is extra
alter sequence shop.items_id_seq increment 2
    sequence shop.items_id_seq is changed
alter view api.items reset (security_invoker)
    view api.items is changed
create or replace view api.items with (security_invoker = true) as select id, name, 1 as n from shop.items
    view api.items is changed
create materialized view shop.sums as select 1 as one
    materialized view shop.sums is extra
alter table shop.orders owner to anon
    table shop.orders is changed
alter function shop.price_of(bigint) owner to service_role
    function shop.price_of(bigint) is changed
drop schema api cascade
    schema api is missing
"""
LINES = DRIFT.strip().splitlines()
CHANGES = list(zip(LINES[::2], map(str.strip, LINES[1::2]), strict=True))


@pytest.fixture(scope="module")
def drifting(server: TestServer, template: str) -> Iterator[psycopg.Connection]:
    """A session in a deployed database, for changes that are rolled back."""
    with (
        server.database("drifting", template) as dsn,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        connection.execute(SETTINGS)
        yield connection


def test_nothing_differs_after_a_deploy(deployed: str) -> None:
    assert verify(deployed) == []


@pytest.mark.parametrize(("change", "named"), CHANGES, ids=[change for change, _ in CHANGES])
def test_drift_is_named(change: str, named: str, drifting: psycopg.Connection) -> None:
    history = History(drifting)
    with drifting.transaction(force_rollback=True):
        drifting.execute(change)
        assert named in [str(difference) for difference in history.drift(history.found())]
    assert history.drift(history.found()) == []


def test_data_is_no_drift(deployed: str, sql: psycopg.Connection) -> None:
    sql.execute("insert into shop.items (name) values ('new'); delete from shop.orders; analyze shop.items;")
    sql.execute("create table public.theirs (id int); create schema theirs;")
    sql.execute("select setval('shop.items_id_seq', 5000)")
    assert verify(deployed) == []


def test_a_difference_shows_both_sides(deployed: str, sql: psycopg.Connection) -> None:
    sql.execute("alter table shop.items alter column price set default 7")
    (difference,) = verify(deployed)
    assert (difference.status, difference.expected, difference.found) == (
        "changed",
        "bigint not null default 0",
        "bigint not null default 7",
    )


def test_drift_that_a_deploy_does_not_mend_is_not_forgotten(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("alter table shop.items alter column price set default 7")
    sql.execute("create table shop.more (id int)")
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    assert "column price on shop.items is changed" in redeploy().drift
    assert {"column price on shop.items is changed", "table shop.more is extra"} <= {
        str(difference) for difference in verify(deployed)
    }
    assert not any("color" in str(difference) for difference in verify(deployed))


def test_a_function_of_a_migration_that_was_changed_is_not_forgotten(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    made = "create {} function shop.of_migration() returns int language sql as 'select {}';"
    shop.write("migrations/0004_function.sql", made.format("", 1))
    redeploy()
    sql.execute(made.format("or replace", 2))
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    assert redeploy().drift == ["function shop.of_migration() is changed"]
    assert [str(d) for d in verify(deployed)] == ["function shop.of_migration() is changed"]


def test_a_migration_can_mend_drift(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("create table shop.more (id int)")
    shop.write("migrations/0004_mend.sql", "drop table shop.more;")
    assert redeploy().drift == []
    assert verify(deployed) == []


def test_drift_can_be_accepted(deployed: str, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    sql.execute("create index hotfix on shop.items (price)")
    assert [str(difference) for difference in accept(deployed)] == ["index hotfix on shop.items is extra"]
    assert verify(deployed) == []
    assert not redeploy().changed


def test_partitions_come_and_go(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    shop.write("migrations/0004_log.sql", "create table shop.log (at date not null) partition by range (at);")
    redeploy()
    sql.execute(
        "create table shop.log_2027 partition of shop.log for values from ('2027-01-01') to ('2028-01-01')"
    )
    assert verify(deployed) == []


def test_it_says_where_nothing_was_deployed(empty_db: str) -> None:
    with pytest.raises(DeployError, match="nothing was deployed here yet"):
        verify(empty_db)


def test_after_an_upgrade_of_the_server_it_says_so(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("update deploy.deploys set server_version_num = 140001")
    with pytest.raises(DeployError, match="the server went from PostgreSQL 14 to"):
        verify(deployed)
    with psycopg.connect(deployed, autocommit=True) as reader, reader.transaction():
        reader.execute("select count(*) from shop.items, shop.orders")
        assert redeploy().changed
    assert verify(deployed) == []


def test_after_an_upgrade_what_migrations_take_away_comes_back(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    sql.execute("update deploy.deploys set server_version_num = 140001")
    shop.write("migrations/0004_open.sql", "drop policy anyone_reads on shop.items;")
    steps = [
        step.name for transaction in plan(deployed, shop.root).transactions for step in transaction.steps
    ]
    assert "policies/shop/items.sql" in steps
    assert list(redeploy().guards) == ["policies/shop/items.sql"]
    assert verify(deployed) == []


def test_it_reads_only(deployed: str) -> None:
    with psycopg.connect(deployed, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"alter database {name} set default_transaction_read_only = on")
    assert verify(deployed) == []
