"""`reserve-db test` as its users see it: exit codes, output, reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from reserve_db.sqltest import command as sqltest_command
from reserve_db.sqltest.testserver import TestServer

PASSES = (
    "begin;\nselect plan(1);\nselect is(tests.seven(), 7, 'seven');\nselect * from finish();\nrollback;\n"
)
FAILS = PASSES.replace("7,", "8,").replace("'seven'", "'eight & more'")

Command = Callable[..., Result]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product of one table, with one helper for its tests and two test files."""
    files = {
        "MODULES": "shop # a table\n",
        "migrations/0001_shop.sql": "create schema shop;\ncreate table shop.things (id int primary key);\n",
        "tests/_setup/seven.sql": (
            "create schema tests;\n"
            "create function tests.seven() returns int language sql begin atomic select 7; end;\n"
        ),
        "tests/shop/good.sql": PASSES,
        "tests/shop/bad.sql": FAILS,
    }
    for name, text in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "tree"


@pytest.fixture
def command(tree: Path) -> Command:
    app = typer.Typer()
    app.command()(sqltest_command.test)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--sql", str(tree), *arguments])

    return command


@pytest.fixture
def here(server: TestServer) -> list[str]:
    """The options that make the command use the running server."""
    return ["--dsn", server.dsn()]


def databases(server: TestServer) -> set[str]:
    with server.connect() as connection:
        return {name for (name,) in connection.execute("select datname from pg_database")}


def test_a_failing_file_is_told_and_ends_with_1(command: Command, here: list[str]) -> None:
    result = command(*here)
    assert result.exit_code == 1
    assert "bad.sql:3: eight & more" in result.stderr
    assert "2 assertions in 2 files, 1 file failed" in result.stderr
    assert result.stdout == ""


def test_one_file_alone_ends_with_0_and_leaves_no_database(
    command: Command, here: list[str], tree: Path, server: TestServer
) -> None:
    before = databases(server)
    result = command(*here, str(tree / "tests/shop/good.sql"))
    assert result.exit_code == 0, result.stderr
    assert "1 assertion in 1 file, all passed" in result.stderr
    assert databases(server) == before


def test_keep_leaves_a_database_and_says_how_to_reach_it(
    command: Command, here: list[str], tree: Path, server: TestServer
) -> None:
    result = command(*here, "--keep", str(tree / "tests/shop/good.sql"))
    dsn = result.stderr.split('psql "')[1].split('"')[0]
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from shop.things").fetchone() == (0,)
        kept = connection.info.dbname
    server.drop_database(kept)


def test_json_is_data_on_stdout(command: Command, here: list[str], pg_major: int) -> None:
    answer = json.loads(command(*here, "--json").stdout)
    assert answer["passed"] is False
    bad, good = answer["files"]
    assert (bad["passed"], good["passed"], good["postgresql"]) == (False, True, pg_major)
    assert bad["failures"][0]["line"] == 3
    assert bad["failures"][0]["message"] == "eight & more"


def test_junit_has_a_case_for_each_assertion_and_each_other_failure(
    command: Command, here: list[str], tree: Path, tmp_path: Path
) -> None:
    (tree / "tests/shop/bad.sql").write_text(f"{FAILS}select 1 / 0;\nselect '\x01';")
    command(*here, "--junit", str(tmp_path / "reports/junit.xml"))
    suites = list(ElementTree.parse(tmp_path / "reports/junit.xml").getroot())  # noqa: S314
    totals = [(suite.get("tests"), suite.get("failures")) for suite in suites]
    assert totals == [("2", "2"), ("1", "0")]
    cases = [case.get("name", "") for case in suites[0]]
    assert cases[0] == "eight & more"
    assert cases[1].startswith("SQL error 22012")


def test_a_tree_that_does_not_deploy_ends_with_1(command: Command, here: list[str], tree: Path) -> None:
    (tree / "migrations/0001_shop.sql").write_text("create schema shop;\nselect nonsense;\n")
    result = command(*here)
    assert result.exit_code == 1
    assert "0001_shop" in result.stderr


def test_without_pgtap_it_ends_with_3_and_says_where_to_get_it(
    command: Command, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESERVE_PGTAP", "/nowhere/pgtap.sql")
    result = command(*here)
    assert result.exit_code == 3
    assert "RESERVE_PGTAP names /nowhere/pgtap.sql" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["/nowhere"], "does not exist"),
        (["--pg", "fifteen"], "is not a list"),
        (["--pg", "15", "--dsn", "host=127.0.0.1"], "has only one version"),
        (["--jobs", "0"], "Invalid value"),
    ],
)
def test_wrong_usage_ends_with_2(command: Command, arguments: list[str], complaint: str) -> None:
    result = command(*arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pg", "14"], "versions 15 to 18 are supported"),
        (["--dsn", "host=127.0.0.1 port=1"], "Connection refused"),
    ],
)
def test_without_a_server_it_ends_with_3(command: Command, arguments: list[str], complaint: str) -> None:
    result = command(*arguments)
    assert result.exit_code == 3
    assert complaint in result.stderr


def test_it_brings_its_own_server(command: Command, pg_major: int) -> None:
    result = command("--pg", str(pg_major), "--json")
    assert {file["postgresql"] for file in json.loads(result.stdout)["files"]} == {pg_major}
