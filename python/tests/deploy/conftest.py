"""A shop to deploy, and a database it is deployed to."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from reserve_db.deploy import MigrateResult, migrate
from reserve_db.servers import installation
from reserve_db.sqltest.testserver import TestServer
from tests.deploy import deployers
from tests.deploy.shop import Shop

PROGRAM = str(Path(sys.executable).parent / "reserve-db")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """The files, to be changed at will."""
    return Shop(tmp_path / "sql")


@pytest.fixture(scope="session")
def template(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the shop in it, with rows."""
    with server.database(f"shop_{secrets.token_hex(4)}") as dsn:
        migrate(dsn, Shop(tmp_path_factory.mktemp("shop")).root)
        yield str(conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def deployed(server: TestServer, template: str) -> Iterator[str]:
    """A copy of it of one's own."""
    with server.database(f"shop_{secrets.token_hex(4)}", template) as dsn:
        yield dsn


@pytest.fixture
def redeploy(shop: Shop, deployed: str) -> Callable[..., MigrateResult]:
    """Deploy the files as they are now; by default a failure shows at the first attempt."""

    def run(**options: object) -> MigrateResult:
        return migrate(deployed, shop.root, **{"attempts": 1, "lock_budget": 0.3, **options})  # type: ignore[arg-type]

    return run


@pytest.fixture
def sql(deployed: str) -> Iterator[psycopg.Connection]:
    """Somebody else's session in that database."""
    with psycopg.connect(deployed, autocommit=True) as connection:
        yield connection


@pytest.fixture
def dump(pg_major: int) -> Callable[[str], str]:
    """The whole schema as pg_dump of that version prints it."""

    def run(dsn: str) -> str:
        program = installation(pg_major).program("pg_dump")
        done = subprocess.run([program, "--schema-only", dsn], capture_output=True, text=True, check=True)
        return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)

    return run


@pytest.fixture
def run(shop: Shop) -> Run:
    """Call `reserve-db`."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run(
            [PROGRAM, *arguments],
            capture_output=True, text=True, timeout=60, env={**inherited, **environment},
        )  # fmt: skip

    return call


@pytest.fixture
def plain(server: TestServer) -> Iterator[str]:
    """Connection string of a deployer who may make roles and nothing more."""
    with deployers.plain(server) as dsn:
        yield dsn
