"""The splitter sees statements where psql does."""

from __future__ import annotations

import pytest

from reserve_db.sqltest.statements import split


@pytest.mark.parametrize(
    "statement",
    [
        "select ';'",
        "select E'it\\'s; so'",
        "select 'a\\'",
        'select 1 as "semi;colon"',
        "do $$ begin perform 1; end $$",
        "do $body$ begin execute $$ select 1; $$; end $body$",
        "select 1 /* ; /* nested; */ still; */ + 1",
        "select 1 -- not the end;\n + 1",
        "create rule r as on insert to t do (delete from a; delete from b)",
        "create function f() returns int begin atomic select 1; select case 1 when 1 then 2 end; end",
        "create or replace procedure p() begin atomic insert into t values (1); end",
        "select a$b, $1 from t",
    ],
)
def test_a_semicolon_inside_a_statement_does_not_end_it(statement: str) -> None:
    assert [found.text for found in split(f"{statement};\nselect 2;")] == [f"{statement};", "select 2;"]


def test_each_statement_knows_its_line() -> None:
    text = "-- a comment\n\nbegin;\n\n/* two\nlines */ select\n  1;  select 2\n;\nrollback"
    assert [(found.line, found.text) for found in split(text)] == [
        (3, "begin;"),
        (6, "select\n  1;"),
        (7, "select 2\n;"),
        (9, "rollback"),
    ]


def test_a_position_inside_a_statement_has_a_line() -> None:
    statement = split("\n\nselect\n  1,\n  x;")[0]
    assert statement.line_at(statement.text.index("x") + 1) == 5
    assert statement.line_at(None) == 3


def test_comments_alone_are_no_statement() -> None:
    assert split("-- nothing\n/* at all */\n") == []


def test_a_transaction_begins_and_ends_as_statements_of_their_own() -> None:
    assert [found.text for found in split("begin; select 1; end;")] == ["begin;", "select 1;", "end;"]
