"""pytest sees the SQL files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from reserve_db.servers import installations

ROOT = Path(__file__).parents[3]


def collected(*paths: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", *paths],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "RESERVE_TEST_PG"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_each_file_is_a_test_for_each_version() -> None:
    versions = list(installations())
    assert collected("sql/tests/contract/tables.sql", "sql/tests/contract/api.sql") == [
        f"sql/tests/contract/{name}.sql::pg{major}" for major in versions for name in ("tables", "api")
    ]


def test_helpers_are_no_tests() -> None:
    assert not [item for item in collected("sql/tests") if "/_setup/" in item]
