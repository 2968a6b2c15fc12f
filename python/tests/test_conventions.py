"""Rules of the SQL files that the catalog cannot tell: names, headers, that each has a guard or a test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from reserve_db.sqltest.bench import Clone
from reserve_db.sqltest.runner import HELPERS
from reserve_db.sqltree import SqlFile, SqlTree

ROOT = Path(__file__).parents[2]
TREE = SqlTree(ROOT / "sql")
OWN_FILE = [file for file in TREE.functions if not file.path.name.startswith("_")]
NO_MODULE = {HELPERS, "contract"}
HEAD = re.compile(r"create or replace function (.*?)(?:\bas \$|\bbegin atomic\b)", re.DOTALL)


def none_of(offenders: Iterable[str]) -> None:
    """Fails with the whole list."""
    found = sorted(offenders)
    assert not found, "\n" + "\n".join(found)


def named_after(file: SqlFile) -> str:
    return f"{file.path.parent.name}.{file.path.stem}"


def tg_name(file: SqlFile) -> set[str]:
    return {file.path.stem} if file.path.stem.startswith("tg_") else set()


@pytest.mark.parametrize("part", ["functions", "policies", "tests"])
def test_every_folder_is_a_module(part: str) -> None:
    folders = {folder.name for folder in (ROOT / "sql" / part).iterdir() if folder.is_dir()}
    none_of(folders - NO_MODULE - set(TREE.modules))


def test_the_database_knows_the_modules_in_order(db: Clone) -> None:
    with db.connect() as connection:
        rows = connection.execute("select name from core.modules order by position")
        assert [name for (name,) in rows] == list(TREE.modules)


def test_a_file_is_named_as_the_one_function_it_makes() -> None:
    none_of(file.name for file in OWN_FILE if file.functions != {named_after(file)})


def test_a_function_file_begins_with_what_it_is_for() -> None:
    none_of(file.name for file in OWN_FILE if not re.match(r"-- \S+ \S+", file.text))


@pytest.mark.parametrize(
    "statement", ["create or replace function", "comment on function", "revoke all on function"]
)
def test_every_function_is_made_explained_and_closed(statement: str) -> None:
    none_of(
        f"{file.name}: {name}"
        for file in TREE.functions
        for name in file.functions
        if f"{statement} {name}(" not in file.code
    )


@pytest.mark.parametrize(
    "attribute",
    [r"\blanguage (sql|plpgsql)\b", r"\b(volatile|stable|immutable)\b", r"\bsecurity (definer|invoker)\b"],
)
def test_every_function_says_all_its_attributes(attribute: str) -> None:
    """`create or replace` silently takes back what it does not repeat."""
    none_of(
        f"{file.name}: {head.split('(')[0]}"
        for file in TREE.functions
        for head in HEAD.findall(file.code)
        if not re.search(attribute, head)
    )


def test_every_head_of_a_function_is_seen() -> None:
    none_of(file.name for file in TREE.functions if len(HEAD.findall(file.code)) != len(file.functions))


def test_views_say_whose_rights_they_use() -> None:
    """`create or replace` silently takes that back, too."""
    views = re.compile(r"create or replace view \S+\s+(?!\s|with \(security_invoker = (true|false)\))")
    none_of(file.name for file in TREE.views if views.search(file.code))


def test_no_extension_is_needed() -> None:
    none_of(
        file.name for file in (*TREE.migrations, *TREE.functions) if "create extension" in file.code.lower()
    )


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [file.path.name[:4] for file in TREE.migrations]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_table_has_one_guard_file(db: Clone) -> None:
    with db.connect() as connection:
        tables = {label for (label,) in connection.execute("select label from tests.tables")}
    none_of(tables ^ {file.relation for file in TREE.guards})


def test_every_function_is_named_by_a_test() -> None:
    """By its qualified name, or by the name clients know it by; trigger functions by their own."""
    sql_tests = [path for path in (ROOT / "sql/tests").rglob("*.sql") if HELPERS not in path.parts]
    texts = [path.read_text() for path in (*sql_tests, *(ROOT / "python/tests").rglob("*.py"))]
    named = {name for text in texts for name in re.findall(r"\b\w+\.\w+|\btg_\w+", text)}
    none_of(
        file.name
        for file in OWN_FILE
        if named.isdisjoint({named_after(file), f"api.{file.path.stem}"} | tg_name(file))
    )
