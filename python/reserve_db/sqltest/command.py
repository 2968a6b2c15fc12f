"""The command `reserve-db test`."""
# ruff: noqa: PT028 (a command named test is no test function)

from __future__ import annotations

import json as json_format
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from reserve_db.deploy.errors import DeployError
from reserve_db.servers import ServerError, installations
from reserve_db.sqltest.bench import Bench
from reserve_db.sqltest.databases import Databases, ExistingServer
from reserve_db.sqltest.pgtap import PgtapMissingError
from reserve_db.sqltest.report import as_json, counted, describe, shown, summary, untested, write_junit
from reserve_db.sqltest.runner import FileResult, run_in_clone, test_files
from reserve_db.sqltree import SqlTree

FAILED, NO_SERVER = 1, 3


def test(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Test files or folders; without any, all of sql/tests.")
    ] = None,
    dsn: Annotated[
        str | None,
        typer.Option(help="Use this server, whose user may create databases, instead of throw-away ones."),
    ] = None,
    pg: Annotated[
        str | None,
        typer.Option(help="Versions such as 15,16,18; without, every one installed.", metavar="VERSIONS"),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Files run at the same time.", min=1)] = os.cpu_count() or 1,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the databases; say how to reach them.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Also write a JUnit report.", metavar="FILE")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print results as JSON.")] = False,
    sql: Annotated[Path | None, typer.Option(help="The SQL tree to deploy.", metavar="DIR")] = None,
) -> None:
    """Run the pgTAP tests, each file in a database of its own.

    The product is deployed once per server into a template; every file runs in a clone of it, so files
    neither wait for nor see each other. Deferred constraints are checked before finish().

    \b
    reserve-db test                                     every file on every PostgreSQL found
    reserve-db test sql/tests/ledger --pg 18            one module on one version
    reserve-db test sql/tests/core/raise.sql --keep     leave the database for a look inside
    reserve-db test --junit report.xml --json           for CI

    Exit status: 0 all passed, 1 a test failed, 2 wrong usage, 3 no server or no pgTAP.
    """
    root = SqlTree.at(sql).root
    files = _files(paths or [root / "tests"])
    if dsn and pg:
        raise typer.BadParameter("the server of --dsn has only one version", param_hint="--pg")
    try:
        servers: list[int | str] = [dsn] if dsn else [*_majors(pg)]
        results = [run for server in servers for run in _run(server, root, files, jobs, keep)]
    except DeployError as error:
        _say(str(error))
        raise typer.Exit(FAILED) from None
    except (ServerError, PgtapMissingError, psycopg.OperationalError) as error:
        _say(str(error))
        raise typer.Exit(NO_SERVER) from None

    results.sort(key=lambda result: (result.major, result.path))
    if junit:
        write_junit(results, junit)
    if json:
        typer.echo(json_format.dumps(as_json(results), indent=2))
    _say(summary(results))
    if not dsn and not pg:
        _say(untested(installations()))
    if not all(result.passed for result in results):
        raise typer.Exit(FAILED)


def _files(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"{path} does not exist", param_hint="PATHS")
    files = list(dict.fromkeys(file for path in paths for file in test_files(path.resolve())))
    if not files:
        raise typer.BadParameter("no test files there", param_hint="PATHS")
    return files


def _majors(versions: str | None) -> list[int]:
    if versions is None:
        if not installations():
            raise ServerError("no PostgreSQL found: pip install 'reserve-db[embedded]'")
        return list(installations())
    try:
        return [int(version) for version in versions.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{versions} is not a list such as 15,16,18", param_hint="--pg") from None


def _run(place: int | str, root: Path, files: list[Path], jobs: int, keep: bool) -> Iterator[FileResult]:
    """Runs the files on one server, telling about each as it ends."""
    with _server(place, keep) as server:
        bench = Bench(server, root)
        pool = ThreadPoolExecutor(jobs)
        _say(f"PostgreSQL {server.major}: deploying")
        try:
            bench.prepare()
            runs = [pool.submit(run_in_clone, bench, file, keep=keep) for file in files]
            for run in as_completed(runs):
                result = run.result()
                _tell(result, keep)
                yield result
        finally:
            pool.shutdown(cancel_futures=True)
            bench.close()


@contextmanager
def _server(place: int | str, keep: bool) -> Iterator[Databases]:
    """The server of a connection string, or a throw-away one of a major version."""
    if isinstance(place, str):
        yield ExistingServer(place)
        return
    try:
        from reserve_db.sqltest.testserver import TestServer
    except ImportError:
        raise ServerError("throw-away servers need: pip install 'reserve-db[embedded]'") from None

    server = TestServer(place)
    try:
        yield server
    finally:
        if keep:
            _say(f"the server is kept; to be rid of it: {server.abandon()}")
        else:
            server.stop()


def _tell(result: FileResult, keep: bool) -> None:
    verdict = typer.style("passed", fg="green") if result.passed else typer.style("FAILED", fg="red")
    size = counted(len(result.assertions), "assertion")
    _say(f"{verdict}  {shown(result.path)} ({size}, {result.seconds:.1f} s)")
    if not result.passed:
        _say(describe(result))
    if keep:
        _say(f'    psql "{result.clone.dsn}"')


def _say(text: str) -> None:
    typer.echo(text, err=True, color=False if "NO_COLOR" in os.environ else None)
