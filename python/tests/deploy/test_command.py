"""The program: what it prints, and how it exits."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.deploy.conftest import PROGRAM, Run
from tests.deploy.shop import NEW_PRICE, Shop


def test_from_nothing_to_current(shop: Shop, empty_db: str, run: Run) -> None:
    tree = ("--sql", str(shop.root))
    planned = run("plan", *tree, DATABASE_URL=empty_db)
    assert planned.returncode == 0
    assert planned.stdout.startswith("-- 1 transaction(s), 0 lock(s) on what is in use\n")
    assert "create table shop.items" in planned.stdout

    first = run("migrate", "--dsn", empty_db, *tree)
    assert (first.returncode, first.stdout) == (0, "")
    assert "migrations/0001_roles.sql" in first.stderr
    assert "deployed in" in first.stderr

    second = run("migrate", *tree, DATABASE_URL=empty_db)
    assert (second.returncode, second.stdout) == (0, "")
    assert second.stderr == "nothing to do: the database is current\n"

    assert run("plan", *tree, DATABASE_URL=empty_db).stdout == "-- nothing to do: the database is current\n"
    assert "3 applied, 0 pending" in run("status", *tree, DATABASE_URL=empty_db).stdout
    verified = run("verify", DATABASE_URL=empty_db)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "as deployed\n")


def test_json(shop: Shop, deployed: str, run: Run) -> None:
    tree = ("--sql", str(shop.root), "--dsn", deployed, "--json")
    shop.write("migrations/0004_color.sql", "alter table shop.items add column color text;")
    plan = json.loads(run("plan", *tree).stdout)
    assert plan["locks"] == [
        {"relation": "shop.items", "mode": "access exclusive", "why": "migrations/0004_color.sql"}
    ]
    status = json.loads(run("status", *tree).stdout)
    assert (status["pending"], status["current"]) == (["0004_color"], False)
    result = json.loads(run("migrate", *tree).stdout)
    assert (result["migrations"], result["functions"], result["changed"]) == (
        ["0004_color"],
        "a migration runs",
        True,
    )
    status = json.loads(run("status", *tree).stdout)
    assert status["current"]
    assert status["last_deploy"]["summary"]["migrations"] == ["0004_color"]


def test_verify_names_each_drift(deployed: str, sql: psycopg.Connection, run: Run) -> None:
    sql.execute(NEW_PRICE)
    sql.execute("drop policy anyone_reads on shop.items")
    sql.execute("grant select on shop.orders to anon")
    sql.execute("revoke execute on function shop.price_of(bigint) from service_role")
    sql.execute("alter table shop.items disable trigger _100_stamp")
    sql.execute("alter table shop.items alter column price set default 5")
    sql.execute("create table shop.more (id int)")

    found = run("verify", "--json", "--dsn", deployed)
    assert found.returncode == 1
    differences = {(d["object"], d["status"]) for d in json.loads(found.stdout)["differences"]}
    assert differences >= {
        ("function shop.price_of(bigint)", "changed"),
        ("policy anyone_reads on shop.items", "missing"),
        ("table grant to anon on shop.orders", "extra"),
        ("function grant to service_role on shop.price_of(bigint)", "missing"),
        ("trigger _100_stamp on shop.items", "changed"),
        ("column price on shop.items", "changed"),
        ("table shop.more", "extra"),
    }
    told = run("verify", "--dsn", deployed)
    assert told.returncode == 1
    assert "-bigint not null default 0\n  +bigint not null default 5\n" in told.stdout

    assert run("verify", "--accept", "--dsn", deployed).returncode == 0
    assert run("verify", "--dsn", deployed).returncode == 0


def test_failures_exit_with_1(shop: Shop, deployed: str, run: Run) -> None:
    shop.append("migrations/0002_items.sql", "-- edited")
    for command in ("migrate", "plan", "status"):
        failed = run(command, "--sql", str(shop.root), "--dsn", deployed)
        assert failed.returncode == 1
        assert failed.stderr.startswith("migrations/0002_items.sql was edited after it was applied")
    failed = run("migrate", "--sql", str(shop.root), "--dsn", deployed, "--json")
    assert json.loads(failed.stdout)["error"] == "HistoryError"


def test_a_blocker_is_named_in_json(shop: Shop, deployed: str, run: Run) -> None:
    shop.append("policies/shop/orders.sql", "-- changed")
    with psycopg.connect(deployed) as reader:
        reader.execute("select count(*) from shop.orders")
        limits = ("--lock-budget", "0.1", "--attempts", "2")
        failed = run("migrate", "--sql", str(shop.root), "--dsn", deployed, "--json", *limits)
        assert failed.returncode == 1
        (blocker,) = json.loads(failed.stdout)["blockers"]
        assert blocker.startswith(f"pid {reader.info.backend_pid} ")
        assert "rolled back; attempt 2 of 2" in failed.stderr


@pytest.mark.parametrize("arguments", [["migrate", "--nonsense"], ["fly"], ["migrate", "--sql", "/nowhere"]])
def test_wrong_usage_exits_with_2(arguments: list[str], run: Run) -> None:
    assert run(*arguments).returncode == 2


@pytest.mark.parametrize("dsn", ["host=127.0.0.1 port=1", "this is no connection string"])
def test_no_connection_exits_with_3(dsn: str, shop: Shop, run: Run) -> None:
    failed = run("migrate", "--dsn", dsn, "--sql", str(shop.root))
    assert failed.returncode == 3
    assert "Traceback" not in failed.stderr


def test_a_folder_without_modules_is_said_so(tmp_path: Path, empty_db: str, run: Run) -> None:
    failed = run("migrate", "--dsn", empty_db, "--sql", str(tmp_path))
    assert failed.returncode == 1
    assert "it has no MODULES file" in failed.stderr


def test_colour_is_for_terminals_that_want_it(tmp_path: Path) -> None:
    def printed(**environment: str) -> bytes:
        terminal, end = pty.openpty()
        arguments = [PROGRAM, "migrate", "--dsn", "host=127.0.0.1 port=1", "--sql", str(Shop(tmp_path).root)]
        subprocess.run(arguments, stderr=end, env=environment, check=False)
        os.close(end)
        return os.read(terminal, 10_000)

    assert b"\x1b[31m" in printed()
    assert b"\x1b[" not in printed(NO_COLOR="1")


@pytest.mark.parametrize(
    "command", ["migrate", "plan", "rollback", "status", "verify", "new", "export", "doctor"]
)
def test_help_teaches(command: str, run: Run) -> None:
    told = run(command, "--help")
    assert told.returncode == 0
    assert "Exit status: 0" in told.stdout
    assert "--json" in told.stdout


def test_new_and_back(shop: Shop, empty_db: str, run: Run) -> None:
    tree = ("--sql", str(shop.root))
    made = run("new", "more things", "--rollback", *tree).stdout.splitlines()
    assert [Path(line).name for line in made] == ["0004_more_things.sql", "0004_more_things.rollback.sql"]
    shop.append("migrations/0004_more_things.sql", "create table shop.more (id int);")
    shop.append("migrations/0004_more_things.rollback.sql", "drop table shop.more;")
    assert run("migrate", *tree, DATABASE_URL=empty_db).returncode == 0
    undone = run("rollback", "1", "--json", *tree, DATABASE_URL=empty_db)
    assert json.loads(undone.stdout)["rolled_back"] == ["0004_more_things"]
    refused = run("rollback", "1", *tree, DATABASE_URL=empty_db)
    assert refused.returncode == 1
    assert refused.stderr.startswith("migrations/0003_orders.sql: no .rollback.sql file")
    assert run("rollback", "0", *tree, DATABASE_URL=empty_db).returncode == 2


def test_version(run: Run) -> None:
    assert run("--version").stdout.startswith("reserve-db 0.")
