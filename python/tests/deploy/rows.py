"""Rows for any table, from what the catalog says about it: types, checks, keys and references."""
# ruff: noqa: S608 (the names are those of the catalog)

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

TRIES = 3000

TABLES = """
select c.oid::regclass::text
from pg_class as c
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace::regnamespace::text = any (%s)
order by 1
"""
COLUMNS = """
select quote_ident(a.attname), format_type(a.atttypid, null), a.attnotnull and not a.atthasdef,
  array(select enumlabel::text from pg_enum where enumtypid = a.atttypid order by enumsortorder)
from pg_attribute as a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = '' and a.attidentity = ''
order by a.attnum
"""
CONSTRAINTS = """
select c.contype::text, pg_get_constraintdef(c.oid), c.confrelid::regclass::text,
  array(select quote_ident(attname) from unnest(c.conkey) with ordinality as k (n, i)
        join pg_attribute on attrelid = c.conrelid and attnum = n order by i),
  array(select quote_ident(attname) from unnest(c.confkey) with ordinality as k (n, i)
        join pg_attribute on attrelid = c.confrelid and attnum = n order by i)
from pg_constraint as c where c.conrelid = %s::regclass
"""
BY_TYPE: Mapping[str, Sequence[str]] = {
    "text": (
        "x",
        "URB",
        "BRL",
        "a@b.example",
        "Europe/Lisbon",
        "en",
        "f" * 64,
        "a.b",
        "2026-01",
        "RES-2027-ABCDEF",
    ),
    "uuid": ("00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"),
    "boolean": ("true", "false"),
    "date": ("2027-01-01", "2027-01-02"),
    "timestamp with time zone": ("2027-01-01 12:00+00", "2027-01-02 12:00+00"),
    "interval": ("1 hour",),
    "jsonb": ("{}", "[]", '{"a": 1}'),
    "bytea": ("\\x00", "\\x" + "00" * 32),
    "time without time zone": ("14:00",),
    "inet": ("192.0.2.1",),
    "xid8": ("1",),
}
NUMBERS = ("0", "1", "2", "3", "100", "-1")
LITERAL = re.compile(r"'((?:[^']|'')+)'::")


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    required: bool
    candidates: Sequence[str]


def tables(conn: psycopg.Connection, schemas: Sequence[str]) -> list[str]:
    """All tables of these schemas."""
    return [table for (table,) in conn.execute(TABLES, (list(schemas),))]


def fill(conn: psycopg.Connection, schemas: Sequence[str], seed: int = 1) -> None:
    """Put a row into each empty table: past triggers, but true to checks, keys and references."""
    conn.execute("set session_replication_role = replica")
    chance = random.Random(seed)
    left = tables(conn, schemas)
    while left:
        failed = {table: why for table in left if (why := _fill_table(conn, table, chance))}
        assert len(failed) < len(left), failed
        left = list(failed)
    conn.execute("reset session_replication_role")


def _fill_table(conn: psycopg.Connection, table: str, chance: random.Random) -> str | None:
    """Try values until a row fits; answers why none did."""
    if conn.execute(f"select from {table} limit 1").fetchone() is not None:
        return None
    checks: list[str] = []
    references: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    for kind, definition, target, columns, targets in conn.execute(CONSTRAINTS, (table,)):
        if kind == "c":
            checks.append(definition)
        elif kind == "f":
            references[tuple(columns)] = (target, targets)
    said_by_checks = [text for check in checks for text in LITERAL.findall(check)]
    columns = [
        Column(name, kind, required, _candidates(kind, labels, said_by_checks))
        for name, kind, required, labels in conn.execute(COLUMNS, (table,))
    ]
    why = ""
    for attempt in range(TRIES):
        row = {
            column.name: chance.choice(column.candidates)
            for column in columns
            if column.required or chance.random() < attempt % 3 / 2
        }
        for names, (target, targets) in references.items():
            parent = conn.execute(
                f"select {', '.join(f'{name}::text' for name in targets)} from {target} limit 1"
            ).fetchone()
            if parent:
                row.update(zip(names, parent, strict=True))
            elif any(column.required for column in columns if column.name in names):
                return f"needs a row of {target}"
            else:
                row = {name: value for name, value in row.items() if name not in names}
        types = {column.name: column.kind for column in columns}
        values = ", ".join(f"%s::{types[name]}" for name in row)
        insert = (
            f"insert into {table} ({', '.join(row)}) values ({values})"
            if row
            else f"insert into {table} default values"
        )
        try:
            conn.execute(insert, list(row.values()))
        except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.RaiseException) as error:
            why = str(error)
        else:
            return None
    return why


def _candidates(kind: str, labels: Sequence[str], said_by_checks: Sequence[str]) -> Sequence[str]:
    if labels:
        return labels
    if kind.endswith("[]"):
        return ("{}",)
    if kind in BY_TYPE:
        return [*BY_TYPE[kind], *(said_by_checks if kind == "text" else [])]
    return NUMBERS


def checksums(
    conn: psycopg.Connection, columns_of: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, str]]:
    """Of each table the number of its rows and a hash over these columns of them."""
    found: dict[str, tuple[int, str]] = {}
    for table, columns in columns_of.items():
        row = f"row({', '.join(columns)})::text"
        counted = conn.execute(
            f"select count(*), md5(string_agg({row}, '' order by {row})) from {table}"
        ).fetchone()
        assert counted
        found[table] = (counted[0], counted[1])
    return found


def columns(conn: psycopg.Connection, table: str) -> list[str]:
    """All columns that a table has now."""
    rows = conn.execute(
        "select quote_ident(attname) from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (table,),
    )
    return [name for (name,) in rows]
