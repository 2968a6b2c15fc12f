"""A deploy happens whole or not at all, once, and from an honest history."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest
from yoyo import read_migrations

from reserve_db.deploy import DeployError, HistoryError, MigrateResult, OrphanError, migrate
from reserve_db.deploy.history import History
from reserve_db.sqltree import SqlTreeError
from tests.deploy.shop import FILES, NEW_PRICE, Shop

Redeploy = Callable[..., MigrateResult]
Dump = Callable[[str], str]

COLUMN = "alter table shop.items add column color text;"
BODY = "create or replace function shop.bad() returns int language {} as $$ {} $$;"
BROKEN: dict[str, tuple[str, str | None]] = {
    "a migration": ("migrations/0005_bad.sql", "create table shop.more (id int);\nselect 1 / 0;"),
    "a migration that does not parse": ("migrations/0005_bad.sql", "create tabel shop.more (id int);"),
    "a function": ("functions/shop/price_of.sql", NEW_PRICE.replace("returns bigint", "returns biggint")),
    "another type of result": (
        "functions/shop/price_of.sql",
        NEW_PRICE.replace("returns bigint", "returns text"),
    ),
    "a body": ("functions/shop/bad.sql", BODY.format("plpgsql", "begin retrun 1; end")),
    "a body of SQL": ("functions/shop/bad.sql", BODY.format("sql", "select nobody from shop.items")),
    "a view": (
        "functions/api/_views.sql",
        "create or replace view api.items as select nothing from shop.items;",
    ),
    "a guard": ("policies/shop/items.sql", "grant select on shop.nothing to anon;"),
    "an orphan": ("functions/shop/price_of.sql", None),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_failure_leaves_the_database_as_it_was(
    broken: str, shop: Shop, deployed: str, dump: Dump, redeploy: Redeploy
) -> None:
    before = dump(deployed)
    shop.write("migrations/0004_color.sql", COLUMN)
    shop.append("policies/shop/orders.sql", "grant insert on shop.orders to service_role;")
    name, text = BROKEN[broken]
    if text is None:
        shop.remove(name)
    else:
        shop.write(name, text)

    with pytest.raises(DeployError) as failure:
        redeploy()

    assert dump(deployed) == before
    culprit = "shop.price_of(bigint)" if broken == "an orphan" else name
    assert culprit in str(failure.value)


def test_a_migration_that_commits_is_refused_by_name(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_bad.sql", "create table shop.more (id int); commit; select 1;")
    with pytest.raises(DeployError, match=r"migrations/0004_bad\.sql ends the transaction"):
        redeploy()


def test_a_failed_first_deploy_leaves_nothing_at_all(shop: Shop, empty_db: str, dump: Dump) -> None:
    before = dump(empty_db)
    shop.append("policies/shop/orders.sql", "select 1 / 0;")
    with pytest.raises(DeployError, match=r"policies/shop/orders\.sql: division by zero"):
        migrate(empty_db, shop.root)
    assert dump(empty_db) == before


def test_an_error_names_the_line(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_bad.sql", "select 1;\n\nselect nobody;\n")
    with pytest.raises(DeployError, match=r"migrations/0004_bad\.sql:3: column \"nobody\" does not exist"):
        redeploy()


def test_all_broken_bodies_are_named_with_file_and_line(shop: Shop, redeploy: Redeploy) -> None:
    create = "create or replace function shop.{}() returns int language {} as $$\n{}\n$$;"
    shop.write("functions/shop/one.sql", create.format("one", "plpgsql", "begin\n  v_no := 1;\nend"))
    shop.write("functions/shop/two.sql", create.format("two", "sql", "\nselect nobody from shop.items"))
    with pytest.raises(DeployError) as failure:
        redeploy()
    assert [line for line in str(failure.value).splitlines() if line.startswith("functions/")] == [
        'functions/shop/one.sql:3: "v_no" is not a known variable (42601)',
        'functions/shop/two.sql:3: column "nobody" does not exist (42703)',
    ]


def test_a_body_of_a_migration_is_validated_too(shop: Shop, redeploy: Redeploy) -> None:
    shop.write(
        "migrations/0004_drop.sql",
        "create function shop.of_migration() returns bigint language sql as "
        "'select price from shop.items'; alter table shop.items drop column price;",
    )
    shop.remove("functions/shop/price_of.sql")
    shop.remove("functions/api/price_of.sql")
    shop.append("migrations/0004_drop.sql", "drop function api.price_of(bigint), shop.price_of(bigint);")
    with pytest.raises(DeployError, match=r"shop\.of_migration\(\): column \"price\" does not exist"):
        redeploy()


def test_it_deploys_everything(deployed: str, sql: psycopg.Connection) -> None:
    sql.execute("insert into shop.items (name) values ('  padded ')")
    assert sql.execute("select count(*) from shop.items where name = 'padded'").fetchone() == (1,)
    sql.execute("set role anon")
    assert sql.execute("select api.price_of(1)").fetchone() == (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql.execute("select shop.price_of(1), price from shop.items")


def test_unqualified_names_fail(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_lost.sql", "create table lost (id int);")
    with pytest.raises(DeployError, match="no schema has been selected"):
        redeploy()


def test_settings_of_a_migration_end_with_it(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_path.sql", "set search_path = shop; set role service_role; reset role;")
    shop.write("migrations/0005_lost.sql", "create table lost (id int);")
    with pytest.raises(DeployError, match="no schema has been selected"):
        redeploy()


def test_a_second_deploy_does_nothing(deployed: str, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    before = sql.execute("select count(*), max(xmin::text::bigint) from deploy.catalog").fetchall()
    result = redeploy()
    assert not result.changed
    assert sql.execute("select count(*), max(xmin::text::bigint) from deploy.catalog").fetchall() == before
    assert sql.execute("select count(*) from deploy.deploys").fetchone() == (1,)


def test_an_edited_migration_is_refused_by_name(
    shop: Shop, deployed: str, dump: Dump, redeploy: Redeploy
) -> None:
    before = dump(deployed)
    shop.append("migrations/0002_items.sql", "-- harmless")
    shop.write("migrations/0004_color.sql", COLUMN)
    with pytest.raises(HistoryError, match=r"migrations/0002_items\.sql was edited"):
        redeploy()
    assert dump(deployed) == before


def test_a_lost_migration_is_refused_by_name(shop: Shop, redeploy: Redeploy) -> None:
    shop.remove("migrations/0003_orders.sql")
    with pytest.raises(HistoryError, match=r"migrations/0003_orders\.sql: applied to this database"):
        redeploy()


def test_migrations_run_by_name_and_dependency(shop: Shop, empty_db: str) -> None:
    shop.write("migrations/0004_early.sql", "-- depends: 0005_late\ninsert into shop.late values (1);")
    shop.write("migrations/0005_late.sql", "create table shop.late (id int);")
    assert migrate(empty_db, shop.root).migrations[-2:] == ["0005_late", "0004_early"]


def test_a_dependency_that_does_not_exist_is_refused(shop: Shop, empty_db: str) -> None:
    shop.write("migrations/0004_early.sql", "-- depends: 0009_never\nselect 1;")
    with pytest.raises(DeployError, match="0009_never: no such file"):
        migrate(empty_db, shop.root)


@pytest.mark.parametrize("name", ["0004_python.py", "post-apply.sql"])
def test_only_plain_sql_migrates(name: str, shop: Shop, redeploy: Redeploy) -> None:
    shop.write(f"migrations/{name}", "")
    with pytest.raises(DeployError, match=name):
        redeploy()


def test_a_folder_that_is_no_module_is_refused(shop: Shop, empty_db: str) -> None:
    shop.write("functions/cellar/wine.sql", "select 1;")
    with pytest.raises(SqlTreeError, match="functions/cellar is not a module"):
        migrate(empty_db, shop.root)


def test_yoyo_sees_what_was_applied(shop: Shop, deployed: str, sql: psycopg.Connection) -> None:
    known = read_migrations(str(shop.root / "migrations"))
    sql.execute("set search_path = deploy")
    assert [m.id for m in known] == ["0001_roles", "0002_items", "0003_orders"]
    rows = sql.execute("select migration_id from _yoyo_migration order by 1").fetchall()
    assert [row[0] for row in rows] == [m.id for m in known]
    assert sql.execute("select count(*) from _yoyo_log where operation = 'apply'").fetchone() == (3,)
    with psycopg.connect(deployed, autocommit=True) as again:
        assert History(again).last()


def test_writers_go_on_while_functions_and_guards_change(
    shop: Shop, deployed: str, redeploy: Redeploy, sql: psycopg.Connection
) -> None:
    stop, written, failures = threading.Event(), [0], []

    def write() -> None:
        with psycopg.connect(deployed, autocommit=True) as connection:
            while not stop.is_set():
                try:
                    connection.execute("insert into shop.orders (item_id) select max(id) from shop.items")
                    written[0] += 1
                except psycopg.Error as error:
                    failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for round_ in range(5):
        shop.write("functions/shop/price_of.sql", NEW_PRICE.replace("2 *", f"{round_} *"))
        shop.write("policies/shop/orders.sql", f"{FILES['policies/shop/orders.sql']}-- round {round_}")
        shop.write(
            f"migrations/001{round_}_note.sql", f"alter table shop.orders add column note{round_} text;"
        )
        assert redeploy(attempts=5).guards == {"policies/shop/orders.sql": "the file changed"}
    stop.set()
    for writer in writers:
        writer.join()
    assert not failures
    assert sql.execute("select count(*) from shop.orders").fetchone() == (500 + written[0],)


def test_rows_under_deferred_triggers_do_not_block_their_guard(shop: Shop, redeploy: Redeploy) -> None:
    shop.append(
        "policies/shop/items.sql",
        "create constraint trigger _300_check after insert on shop.items deferrable initially deferred "
        "for each row execute function shop.tg_items__stamp();",
    )
    redeploy()
    shop.write("migrations/0004_more.sql", "insert into shop.items (name) values ('late');")
    shop.append("policies/shop/items.sql", "-- changed")
    assert redeploy().migrations == ["0004_more"]


def test_execute_is_never_left_to_public(shop: Shop, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    shop.write(
        "functions/shop/open.sql",
        "create or replace function shop.open() returns int language sql as 'select 1';",
    )
    shop.write(
        "migrations/0004_mood.sql", "create function shop.mood() returns int language sql as 'select 1';"
    )
    redeploy()
    public = sql.execute("""
        select p.oid::regprocedure::text
        from pg_proc as p, aclexplode(coalesce(proacl, acldefault('f', proowner)))
        where grantee = 0 and pronamespace = 'shop'::regnamespace""")
    assert public.fetchall() == []


def test_an_overload_left_behind_is_refused(shop: Shop, redeploy: Redeploy) -> None:
    text = NEW_PRICE.replace("p_item bigint", "p_item bigint, p_much int").replace(
        "(bigint)", "(bigint, int)"
    )
    shop.write("functions/shop/price_of.sql", text)
    with pytest.raises(OrphanError, match=r"no file makes shop\.price_of\(bigint\):"):
        redeploy()


def test_a_view_without_a_file_is_refused(shop: Shop, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    sql.execute("create view api.secret as select * from shop.items")
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    with pytest.raises(OrphanError, match=r"no file makes the view api\.secret"):
        redeploy()


def test_a_view_that_loses_a_column_says_what_to_do(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("functions/api/_views.sql", "create or replace view api.items as select id from shop.items;")
    with pytest.raises(DeployError, match="hint: a view can only get more columns: drop it first"):
        redeploy()
    shop.write("migrations/0004_view.sql", "drop view if exists api.items;")
    assert list(redeploy().views) == ["functions/api/_views.sql"]


def test_a_guard_without_a_table_is_refused(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("policies/shop/sales.sql", "alter table shop.sales enable row level security;")
    with pytest.raises(OrphanError, match=r"policies/shop/sales\.sql guards a table that does not exist"):
        redeploy()


def test_a_table_does_not_lose_its_guard_file(shop: Shop, redeploy: Redeploy) -> None:
    shop.remove("policies/shop/orders.sql")
    with pytest.raises(OrphanError, match=r"policies/shop/orders\.sql is gone"):
        redeploy()
    shop.write("migrations/0004_drop.sql", "drop table shop.orders;")
    redeploy()


def test_range_constructors_are_no_orphans(shop: Shop, redeploy: Redeploy) -> None:
    shop.write("migrations/0004_range.sql", "create type shop.id_range as range (subtype = bigint);")
    redeploy()
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    assert redeploy().functions == "1 of 3 files changed"


def test_listeners_are_told_to_reload(shop: Shop, redeploy: Redeploy, sql: psycopg.Connection) -> None:
    sql.execute("listen pgrst")
    shop.write("functions/shop/price_of.sql", NEW_PRICE)
    redeploy()
    assert [n.payload for n in sql.notifies(timeout=2, stop_after=1)] == ["reload schema"]
