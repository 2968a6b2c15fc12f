"""Servers for the whole test run, one PostgreSQL version after the other, and the SQL files as tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from reserve_db.servers import ServerError, installation, installations
from reserve_db.sqltest.bench import Bench
from reserve_db.sqltest.report import describe, untested
from reserve_db.sqltest.runner import HELPERS, FileResult, run_in_clone
from reserve_db.sqltest.testserver import TestServer

SQL = Path(__file__).parent / "sql"


class Servers:
    """At most one server runs: asking for another version stops the last."""

    def __init__(self) -> None:
        self._server: TestServer | None = None
        self._bench: Future[Bench] | None = None
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._runs: dict[SqlItem, Future[FileResult]] = {}

    def server(self, major: int) -> TestServer:
        if self._server is None or self._server.major != major:
            self.stop()
            self._server = TestServer(major)
        return self._server

    def bench(self, major: int) -> Bench:
        """The version's server with the product deployed on it; a deploy that fails, fails once."""
        server = self.server(major)
        if self._bench is None:
            self._bench = self._pool.submit(_prepared, server)
        return self._bench.result()

    def result(self, item: SqlItem) -> FileResult:
        """The outcome of an SQL file. The first one asked for starts all of its version, in parallel."""
        bench = self.bench(item.major)
        if item not in self._runs:
            mates = (i for i in item.session.items if isinstance(i, SqlItem) and i.major == item.major)
            self._runs = {mate: self._pool.submit(run_in_clone, bench, mate.path) for mate in mates}
        return self._runs[item].result()

    def stop(self) -> None:
        for run in self._runs.values():
            run.cancel()
        if self._server is not None:
            self._server.stop()
        self._server, self._bench, self._runs = None, None, {}


class SqlFile(pytest.File):
    """A pgTAP file: one test for each PostgreSQL version."""

    def collect(self) -> Iterator[SqlItem]:
        for major in demanded():
            yield SqlItem.from_parent(self, name=f"pg{major}", major=major)


class SqlItem(pytest.Item):
    """A pgTAP file on one PostgreSQL version."""

    def __init__(self, major: int, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.major = major

    def runtest(self) -> None:
        result = self.config.stash[SERVERS].result(self)
        if not result.passed:
            pytest.fail(describe(result), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


SERVERS = pytest.StashKey[Servers]()


def demanded() -> list[int]:
    """RESERVE_TEST_PG="15,16,18", or every version found."""
    wanted = os.environ.get("RESERVE_TEST_PG", "")
    return [int(major) for major in wanted.split(",")] if wanted else list(installations())


def pytest_configure(config: pytest.Config) -> None:
    try:
        for major in demanded():
            installation(major)
    except ServerError as error:
        raise pytest.UsageError(str(error)) from None
    if not demanded():
        raise pytest.UsageError("no PostgreSQL found: pip install 'reserve-db[embedded]'")
    config.stash[SERVERS] = Servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()


def pytest_report_header() -> str:
    return f"PostgreSQL {', '.join(map(str, demanded()))} ({untested(demanded())})"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(untested(demanded()))


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if (
        file_path.suffix == ".sql"
        and file_path.is_relative_to(SQL / "tests")
        and HELPERS not in file_path.parts
    ):
        return SqlFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Version by version, so that one server at a time is up.

    SQL files come last in a version: fixtures of the next version's first test tear down those of this one,
    which need its server.
    """
    items.sort(key=lambda item: (_major(item), isinstance(item, SqlItem)))


def _major(item: pytest.Item) -> int:
    """0 where a test needs no server."""
    if isinstance(item, SqlItem):
        return item.major
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    return cast(int, parameters.get("pg_major", 0))


def _prepared(server: TestServer) -> Bench:
    bench = Bench(server, SQL)
    bench.prepare()
    return bench


@pytest.fixture(scope="session", params=demanded(), ids="pg{}".format)
def pg_major(request: pytest.FixtureRequest) -> int:
    """The PostgreSQL version of this test; it runs once for each."""
    return int(request.param)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, pg_major: int) -> TestServer:
    """A running server of that version: `.dsn(dbname)`, `.create_database(name)`, `.connect(dbname)`."""
    return request.config.stash[SERVERS].server(pg_major)


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest, pg_major: int) -> Bench:
    """That server with the product deployed into a template: `.cloned()` gives a database of one's own."""
    return request.config.stash[SERVERS].bench(pg_major)
