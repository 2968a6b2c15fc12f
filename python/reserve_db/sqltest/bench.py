"""A deployed template database and the clones that tests work in."""

from __future__ import annotations

import contextlib
import itertools
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from reserve_db.deploy import migrate
from reserve_db.sqltest.databases import Databases
from reserve_db.sqltest.pgtap import load_pgtap


@dataclass(frozen=True)
class Clone:
    """A database of one's own, deployed and empty of business."""

    dsn: str

    @property
    def name(self) -> str:
        return str(conninfo.conninfo_to_dict(self.dsn)["dbname"])

    def connect(
        self,
        role: str | None = None,
        claims: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> psycopg.Connection[Any]:
        """A real connection; with a role, its session looks as PostgREST makes it look for that caller.

        The role is also put among the claims, and header names are lower-cased, as PostgREST does.
        """
        connection: psycopg.Connection[Any] = psycopg.connect(self.dsn, **options)
        settings: dict[str, str] = {}
        if role is not None or claims is not None:
            settings["request.jwt.claims"] = json.dumps({"role": role, **(claims or {})})
        if role is not None or headers is not None:
            settings["request.headers"] = json.dumps({k.lower(): v for k, v in (headers or {}).items()})
        if role is not None:
            settings["role"] = role
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, false)", [name, value])
        if not connection.autocommit:
            connection.commit()
        return connection


class Bench:
    """One server, one deployed template, as many clones as there are tests."""

    def __init__(self, server: Databases, sql_dir: Path) -> None:
        self.server = server
        self.sql_dir = sql_dir
        self.template = f"reserve_test_{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)

    def prepare(self, progress: Callable[[str], None] | None = None) -> None:
        """Makes the template: the deployed product, pgTAP, and the test helpers of sql/tests/_setup."""
        dsn = self.server.create_database(self.template)
        migrate(dsn, self.sql_dir, progress=progress)
        with psycopg.connect(dsn, autocommit=True) as connection:
            load_pgtap(connection, self.sql_dir)
            for helper in sorted((self.sql_dir / "tests" / "_setup").glob("*.sql")):
                connection.execute(helper.read_bytes())

    def clone(self) -> Clone:
        """A new clone; whoever asked for it drops it."""
        return Clone(self.server.create_database(f"{self.template}_{next(self._numbers)}", self.template))

    @contextlib.contextmanager
    def cloned(self) -> Iterator[Clone]:
        """A clone for the length of a with block."""
        clone = self.clone()
        try:
            yield clone
        finally:
            self.server.drop_database(clone.name)

    def close(self) -> None:
        """Drops the template, unless the server is gone."""
        with contextlib.suppress(psycopg.OperationalError):
            self.server.drop_database(self.template)
