"""Runs one pgTAP file in one database."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltest.statements import Statement, split
from reserve_db.sqltest.tap import Assertion, Failure, Output, is_tap, judge

STATEMENT_TIMEOUT = "60s"
HELPERS = "_setup"
_FINISH = re.compile(r"\bfinish\s*\(")


@dataclass(frozen=True)
class FileResult:
    """How one file fared on one server version."""

    path: Path
    major: int
    seconds: float
    assertions: list[Assertion]
    failures: list[Failure]
    notices: list[str]
    clone: Clone

    @property
    def passed(self) -> bool:
        return not self.failures


def test_files(place: Path) -> list[Path]:
    """The test files below a folder, or the one file; helpers are no tests."""
    found = place.rglob("*.sql") if place.is_dir() else [place]
    return sorted(path for path in found if HELPERS not in path.parts)


def run_in_clone(bench: Bench, path: Path, *, keep: bool = False) -> FileResult:
    """Runs a file in a clone of its own, which is dropped afterwards unless `keep`."""
    clone = bench.clone()
    try:
        return run(clone, path, bench.server.major)
    finally:
        if not keep:
            bench.server.drop_database(clone.name)


def run(clone: Clone, path: Path, major: int) -> FileResult:
    """Runs a file statement by statement, up to the first SQL error.

    Deferred constraints are checked before `finish()`: a test that rolls back would never see them fail.
    """
    started = time.monotonic()
    outputs: list[Output] = []
    errors: list[Failure] = []
    notices: list[str] = []
    finished = False
    with closing(
        psycopg.connect(
            clone.dsn,
            autocommit=True,
            prepare_threshold=None,
            options=f"-c statement_timeout={STATEMENT_TIMEOUT}",
            application_name=path.name,
        )
    ) as connection:
        connection.add_notice_handler(
            lambda notice: notices.append(f"{notice.severity}: {notice.message_primary}")
        )
        for statement in split(path.read_text()):
            finishes = _FINISH.search(statement.text) is not None
            try:
                if finishes:
                    connection.execute("set constraints all immediate")
                printed = [Output(statement.line, text) for text in _printed(connection, statement)]
            except psycopg.Error as error:
                errors.append(_failure(statement, error))
                break
            if finished and printed:
                errors.append(Failure(statement.line, "output after finish()"))
            outputs += printed
            finished = finished or finishes
    if not finished and not errors:
        errors.append(Failure(outputs[-1].line if outputs else 1, "finish() was never called"))
    report = judge(outputs)
    failures = sorted(report.failures + errors, key=lambda failure: failure.line)
    return FileResult(path, major, time.monotonic() - started, report.assertions, failures, notices, clone)


def _printed(connection: psycopg.Connection[Any], statement: Statement) -> Iterator[str]:
    """The TAP lines among the text a statement returns."""
    cursor = connection.execute(statement.text.encode())
    for row in cursor if cursor.description else ():
        for cell in row:
            if isinstance(cell, str):
                yield from filter(is_tap, cell.split("\n"))


def _failure(statement: Statement, error: psycopg.Error) -> Failure:
    diag = error.diag
    position = int(diag.statement_position) if diag.statement_position else None
    details = {"DETAIL": diag.message_detail, "HINT": diag.message_hint, "CONTEXT": diag.context}
    return Failure(
        statement.line_at(position),
        f"SQL error {diag.sqlstate or ''}: {diag.message_primary or error}",
        tuple(f"{name}: {text}" for name, text in details.items() if text),
    )
