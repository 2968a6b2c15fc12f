"""What is in a database, so that two moments can be compared."""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from tests.core.crowd import Connection

TABLES = """
    select n.nspname, c.relname
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
    order by 1, 2
"""


def checksums(connection: Connection) -> dict[str, str]:
    """Of every table, whose rows come in whatever order."""
    tables = [tuple(row) for row in connection.execute(TABLES.encode())]
    rows: LiteralString = (
        "select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from {table} as t"
    )
    each = [
        sql.SQL("select {label}, ({rows})").format(
            label=sql.Literal(".".join(table)), rows=sql.SQL(rows).format(table=sql.Identifier(*table))
        )
        for table in tables
    ]
    return dict(connection.execute(sql.SQL(" union all ").join(each)).fetchall())
