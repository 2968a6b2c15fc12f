"""Each export, carried out by plain psql, leads to the database that `migrate` makes."""

from __future__ import annotations

import json
import secrets
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from reserve_db.deploy import DeployError, migrate
from reserve_db.deploy.catalog import Catalog, compare, read_catalog
from reserve_db.export import script, supabase
from reserve_db.servers import installation
from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltest.pgtap import load_pgtap
from reserve_db.sqltest.testserver import TestServer
from reserve_db.sqltree import SqlTree
from tests.deploy import deployers
from tests.deploy.conftest import PROGRAM
from tests.deploy.shop import FILES, NEW_PRICE, Shop

Psql = Callable[..., str]


@pytest.fixture
def psql(pg_major: int) -> Psql:
    """Run files, each in a session of its own, stopping at the first error."""

    def run(dsn: str, *files: Path) -> str:
        program = installation(pg_major).program("psql")
        told = ""
        for file in files:
            command = [
                program,
                dsn,
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "-At",
                f"--file={file}",
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{file.name}: {done.stderr}"
            told += done.stdout
        return told

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "sql")


@pytest.fixture
def other_db(empty_db: str, bench: Bench) -> Iterator[str]:
    """A second database, for `migrate`."""
    with bench.server.database("other") as dsn:
        yield dsn


def catalog(dsn: str, tree: SqlTree) -> Catalog:
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("set search_path = ''")
        return read_catalog(conn, tree.modules)


def migrations(project: Path) -> list[Path]:
    return sorted((project / "supabase" / "migrations").glob("*.sql"))


def test_the_script_makes_the_same_database(empty_db: str, db: Clone, psql: Psql, tmp_path: Path) -> None:
    tree = SqlTree.packaged()
    file = tmp_path / "all.sql"
    file.write_text(script.sql_script(tree))
    psql(empty_db, file)
    assert compare(catalog(db.dsn, tree), catalog(empty_db, tree)) == []


def test_a_project_makes_the_same_database(empty_db: str, db: Clone, psql: Psql, tmp_path: Path) -> None:
    tree = SqlTree.packaged()
    supabase.export(tree, tmp_path)
    psql(empty_db, *migrations(tmp_path))
    assert compare(catalog(db.dsn, tree), catalog(empty_db, tree)) == []


DEPLOYERS = {
    "plain": deployers.plain,
    "on Supabase": partial(deployers.platform, rights="select, references"),
    "on Supabase, without references": partial(deployers.platform, rights="select"),
}


@pytest.mark.usefixtures("bench")  # makes the API roles, which outlive the deployer
@pytest.mark.parametrize("who", DEPLOYERS)
def test_an_ordinary_role_makes_the_same_database(
    who: str, server: TestServer, psql: Psql, tmp_path: Path
) -> None:
    """With `migrate`, the script and the project; its schedule runs the jobs and changes nothing."""
    tree = SqlTree.packaged()
    file, cron = tmp_path / "all.sql", tmp_path / "cron.sql"
    file.write_text(script.sql_script(tree))
    cron.write_text(script.schedule(tree))
    supabase.export(tree, tmp_path)
    with DEPLOYERS[who](server) as dsn, copied(server, dsn) as by_script, copied(server, dsn) as by_project:
        migrate(dsn)
        psql(by_script, file)
        psql(by_project, *migrations(tmp_path))
        deployed = catalog(dsn, tree)
        assert compare(deployed, catalog(by_script, tree)) == []
        assert compare(deployed, catalog(by_project, tree)) == []

        role = conninfo_to_dict(dsn)["user"]
        with psycopg.connect(make_conninfo(by_project, user="postgres"), autocommit=True) as root:
            root.execute(f"{CRON}; grant usage on schema cron to {role}; grant all on cron.job to {role}")
        psql(by_project, cron)
        with psycopg.connect(by_project, autocommit=True) as sql:
            jobs = sql.execute("select command from cron.job where jobname <> 'of the customer'").fetchall()
            assert len(jobs) == cron.read_text().count("cron.schedule(")
            for (command,) in jobs:
                sql.execute(command)
        assert compare(deployed, catalog(by_project, tree)) == []


@contextmanager
def copied(server: TestServer, dsn: str) -> Iterator[str]:
    """A copy of that database, for the same role and owned by it."""
    there = conninfo_to_dict(dsn)
    name = f"copy_{secrets.token_hex(4)}"
    with server.database(name, str(there["dbname"])), server.connect() as root:
        root.execute(f"alter database {name} owner to {there['user']}")
        yield make_conninfo(dsn, dbname=name)


def test_a_projects_tests_pass(empty_db: str, psql: Psql, tmp_path: Path) -> None:
    """pgTAP comes as an extension there; here it is loaded from its SQL."""
    supabase.export(SqlTree.packaged(), tmp_path)
    psql(empty_db, *migrations(tmp_path))
    with psycopg.connect(empty_db, autocommit=True) as conn:
        load_pgtap(conn, SqlTree.packaged().root)
    tests = tmp_path / "supabase" / "tests" / "reserve_db"
    assert "create extension if not exists pgtap" in (tests / "000_pgtap.sql").read_text()
    files = sorted(tests.rglob("*.sql"))
    assert files[:2] == [tests / "000_pgtap.sql", tests / "001_helpers.sql"]
    told = psql(empty_db, tests / "001_helpers.sql", *sorted((tests / "access").glob("*.sql")))
    assert "\nok 2" in told
    assert "not ok" not in told


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_later_export_adds_what_is_new(
    rounds: int, shop: Shop, empty_db: str, other_db: str, psql: Psql, tmp_path: Path
) -> None:
    """A migration takes things away; functions, views and guards come back as the files say now."""
    tree = SqlTree(shop.root)
    first = supabase.export(tree, tmp_path, datetime(2027, 1, 1, tzinfo=UTC))
    assert first[0].name == "20270101000001_reserve_db_0001_roles.sql"
    psql(empty_db, *first[:-1])
    migrate(other_db, shop.root)
    assert supabase.export(tree, tmp_path) == []

    shop.write("migrations/0004_once.sql", "-- transactional: false\n"
               "create index concurrently if not exists items_once on shop.items (name);")  # fmt: skip
    shop.write("migrations/0005_view.sql", "drop view api.items; drop policy anyone_reads on shop.items;")
    shop.write("functions/shop/price_of.sql", NEW_PRICE.replace("anon, ", ""))
    shop.write(
        "functions/api/_views.sql", FILES["functions/api/_views.sql"].replace("to anon", "to service_role")
    )
    views, items = FILES["functions/api/_views.sql"], FILES["policies/shop/items.sql"]
    shop.write("functions/api/_views.sql", views.replace("to anon", "to service_role"))
    shop.write("policies/shop/items.sql", items.replace(", insert", "").replace("_100_stamp", "_110_stamp"))
    tree = SqlTree(shop.root)
    for _ in range(rounds):
        second = supabase.export(tree, tmp_path, datetime(2026, 1, 1, tzinfo=UTC))
        psql(empty_db, *(file for file in second if file.suffix == ".sql"))
        shop.append("policies/shop/items.sql", "-- again")
        tree = SqlTree(shop.root)
    migrate(other_db, shop.root)
    assert compare(catalog(other_db, tree), catalog(empty_db, tree)) == []
    names = [file.name[15:] for file in migrations(tmp_path)]
    assert names[:8] == [
        "reserve_db_0001_roles.sql",
        "reserve_db_0002_items.sql",
        "reserve_db_0003_orders.sql",
        "reserve_db_functions.sql",
        "reserve_db_views.sql",
        "reserve_db_guards.sql",
        "reserve_db_0004_once.sql",
        "reserve_db_0005_view.sql",
    ]
    assert len(names) == 8 + 3 * rounds


def test_an_edited_migration_is_refused(shop: Shop, tmp_path: Path) -> None:
    supabase.export(SqlTree(shop.root), tmp_path)
    shop.append("migrations/0002_items.sql", "-- edited")
    with pytest.raises(DeployError, match="0002_items was edited after it was exported"):
        supabase.export(SqlTree(shop.root), tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ["public", "graphql_public", "api"]),
        ('project_id = "x"\n[db]\nport = 1\n', ["public", "graphql_public", "api"]),
        ('[api]\nport = 1\n\n[db]\nschemas = ["no"]\n', ["public", "graphql_public", "api"]),
        ('[api] # x\nschemas = [\n  "public",\n  "shop"\n]\nmax_rows = 9\n[db]\n', ["public", "shop", "api"]),
        ('[api]\nschemas = ["api", "public"]\n', ["api", "public"]),
    ],
)  # fmt: skip
def test_the_schema_api_is_shown(before: str | None, after: list[str], shop: Shop, tmp_path: Path) -> None:
    config = tmp_path / "supabase" / "config.toml"
    if before is not None:
        config.parent.mkdir()
        config.write_text(before)
    supabase.export(SqlTree(shop.root), tmp_path)
    found = tomllib.loads(config.read_text())
    assert found["api"].pop("schemas") == after
    expected = tomllib.loads(before) if before else {"project_id": tmp_path.name}
    expected.setdefault("api", {}).pop("schemas", None)
    assert found == expected


CRON = """
create schema cron;
create table cron.job (jobname text primary key, schedule text, command text);
create function cron.schedule(text, text, text) returns void language sql as
  'insert into cron.job values ($1, $2, $3) on conflict (jobname) do update set command = excluded.command';
create function cron.unschedule(text) returns void language sql as 'delete from cron.job where jobname = $1';
insert into cron.job values ('reserve-db lodging.gone', '', ''), ('of the customer', '', '');
"""


def test_the_schedule_is_that_of_the_jobs(db: Clone, psql: Psql, tmp_path: Path) -> None:
    file = tmp_path / "cron.sql"
    file.write_text(script.schedule(SqlTree.packaged()))
    with db.connect(autocommit=True) as sql:
        sql.execute(CRON)
        psql(db.dsn, file, file)
        jobs = dict(sql.execute("select jobname, command from cron.job"))
        assert jobs.pop("of the customer") == ""
        (names,) = sql.execute("select api.jobs()").fetchone() or ([],)
        assert list(jobs) == [f"reserve-db {name}" for name in names]
        for command in jobs.values():
            sql.execute(command)


def test_on_the_command_line(shop: Shop, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [PROGRAM, "export", *arguments, "--sql", str(shop.root)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    project = ("supabase", "--project", str(tmp_path))
    assert run(*project).stderr == "7 files written\n"
    assert run(*project).stderr == "nothing new to write\n"
    assert json.loads(run(*project, "--json").stdout) == {"written": []}
    assert run("sql").stdout.startswith("-- reserve-db ")
    assert "cron.schedule" not in run("pg-cron").stdout
    assert run("mysql").returncode == 2
