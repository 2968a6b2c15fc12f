"""The databases of a server that tests may fill: made, cloned and dropped by name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from psycopg import conninfo, sql


class Databases:
    """What every server of the bench can do; who inherits says how a database is reached."""

    major: int
    copying = sql.SQL("")

    def dsn(self, dbname: str = "postgres") -> str:
        """Connection string of one database."""
        raise NotImplementedError

    def connect(self, dbname: str = "postgres") -> psycopg.Connection:
        """An autocommitting connection."""
        return psycopg.connect(self.dsn(dbname), autocommit=True)

    def create_database(self, name: str, template: str = "template1") -> str:
        """Makes a database and returns its connection string."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("create database {} template {} {}").format(
                    sql.Identifier(name), sql.Identifier(template), self.copying
                )
            )
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drops a database, whoever is still connected to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template1") -> Iterator[str]:
        """A database for the length of a with block."""
        dsn = self.create_database(name, template)
        try:
            yield dsn
        finally:
            self.drop_database(name)


class ExistingServer(Databases):
    """A server somebody else runs. The connection string's user must be allowed to create databases."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        own_database = conninfo.conninfo_to_dict(dsn).get("dbname")
        with psycopg.connect(dsn) as connection:
            self.major = connection.info.server_version // 10000
        self._admin_database = str(own_database or "postgres")

    def dsn(self, dbname: str = "") -> str:
        return conninfo.make_conninfo(self._dsn, dbname=dbname or self._admin_database)

    def connect(self, dbname: str = "") -> psycopg.Connection:
        return super().connect(dbname)
