"""Files that must pass pass, files that must fail fail, and each says where."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reserve_db.sqltest.bench import Clone
from reserve_db.sqltest.pgtap import load_pgtap
from reserve_db.sqltest.report import describe
from reserve_db.sqltest.runner import FileResult, run
from reserve_db.sqltest.testserver import TestServer

Run = Callable[[str], FileResult]


@pytest.fixture(scope="module")
def clone(server: TestServer) -> Iterator[Clone]:
    with server.database(f"runner_{secrets.token_hex(4)}") as dsn:
        clone = Clone(dsn)
        with clone.connect(autocommit=True) as connection:
            load_pgtap(connection, Path(__file__))
            connection.execute(
                "create table room (id int primary key);"
                "create table guest (room int references room deferrable initially deferred)"
            )
        yield clone


@pytest.fixture
def run_text(clone: Clone, pg_major: int, tmp_path: Path) -> Run:
    def run_text(text: str) -> FileResult:
        path = tmp_path / "case.sql"
        path.write_text(text)
        return run(clone, path, pg_major)

    return run_text


def test_a_good_file_passes(run_text: Run) -> None:
    result = run_text(
        "begin;\nselect plan(2);\nselect ok(true, 'rooms exist');\nselect is(1, 1), 'noise';\n"
        "select * from finish();\nrollback;"
    )
    assert result.passed
    assert [(a.line, a.description) for a in result.assertions] == [(3, "rooms exist"), (4, "")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("select plan(1);\n\nselect is(1, 2, 'sums');\nselect * from finish();", 3, "sums"),
        ("select plan(2);\nselect ok(true);\nselect * from finish();", 3, "2 assertions were planned, 1 ran"),
        ("select plan(1);\nselect ok(true);", 2, "finish() was never called"),
        (
            "select plan(1);select ok(true);\nselect * from finish();\nselect ok(true);",
            3,
            "output after finish()",
        ),
        ("select plan(1);\nselect\n  nonsense;\nselect * from finish();", 3, "SQL error 42703"),
        ("select plan(1);\nselect 1 / 0;\nselect ok(true);\nselect * from finish();", 2, "SQL error 22012"),
        ("select plan(1);\nselect 'open;\n", 2, "SQL error 42601"),
        (
            "select plan(2);\ndo $$ begin perform ok(true); end $$;\nselect ok(true);\nselect finish();",
            3,
            "assertion 1 is numbered 2",
        ),
        ("select 1;", 1, "finish() was never called"),
        ("", 1, "no plan"),
        ("select plan(1);\ncopy room from stdin;\nselect * from finish();", 2, "SQL error"),
    ],
)
def test_a_bad_file_fails_at_its_line(run_text: Run, text: str, line: int, message: str) -> None:
    result = run_text(f"begin;{text}")
    assert any(f.line == line and f.message.startswith(message) for f in result.failures), describe(result)


def test_a_deferred_violation_fails_though_the_file_rolls_back(run_text: Run) -> None:
    result = run_text(
        "begin;\nselect plan(1);\nselect lives_ok('insert into guest values (1)');\n"
        "select * from finish();\nrollback;"
    )
    assert [(f.line, f.message[:15]) for f in result.failures if "23503" in f.message] == [
        (4, "SQL error 23503")
    ]


def test_a_failure_reads_well(run_text: Run) -> None:
    result = run_text(
        "begin;\nselect plan(1);\ndo $$ begin raise notice 'looking'; end $$;\n"
        "select is(1, 2, 'sums');\nselect * from finish();"
    )
    told = describe(result)
    assert "case.sql:4: sums" in told
    assert "have: 1" in told
    assert "want: 2" in told
    assert "NOTICE: looking" in told


@pytest.mark.parametrize(
    ("statement", "caught"),
    [
        ("select 1", "nothing"),
        ("select 1 / 0", "22012: division by zero"),
        ("select core.raise(''NOT_FOUND'')", "PT404"),
    ],
)
def test_throws_code_tells_what_it_caught(
    db: Clone, pg_major: int, tmp_path: Path, statement: str, caught: str
) -> None:
    path = tmp_path / "case.sql"
    path.write_text(
        f"begin; select plan(1); select tests.throws_code('{statement}', 'HOLD_EXPIRED'); select finish();"
    )
    told = describe(run(db, path, pg_major))
    assert f"caught: {caught}" in told
    assert "wanted: HOLD_EXPIRED" in told
