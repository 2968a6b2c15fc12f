"""The fingerprint of a database: every object of our schemas as readable text, and how two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import psycopg

from reserve_db.deploy.errors import BlockedError, DeployError

Key = tuple[str, str, str]
"""kind, parent (mostly a relation or function) and name (empty where the parent is the object itself)"""
Catalog = dict[Key, str]

CLIENT_ROLES = ("anon", "authenticated", "service_role")
"""Roles whose rights the files decide; the first migration makes those that are missing."""
GUARD_KINDS = frozenset({"row security", "policy", "trigger", "table grant to", "column grant to"})


_OPEN_DEFAULTS = """
select distinct
  case d.defaclobjtype when 'f' then 'functions' when 'S' then 'sequences' else 'tables' end
    || ' to ' || pg_get_userbyid(g.grantee) || coalesce(' in ' || n.nspname, ' in every schema')
from pg_default_acl as d
left join pg_namespace as n on n.oid = d.defaclnamespace,
  aclexplode(d.defaclacl) as g
where d.defaclrole = (select oid from pg_roles where rolname = current_user)
  and d.defaclobjtype in ('f', 'r', 'S')
  and (n.oid is null or n.nspname = any (%(schemas)s))
  and pg_get_userbyid(g.grantee) = any (%(roles)s)
order by 1
"""


@dataclass(frozen=True)
class Difference:
    """One object that is not as the last deploy left it."""

    key: Key
    expected: str | None
    found: str | None

    @property
    def object(self) -> str:
        return describe(self.key)

    @property
    def status(self) -> Literal["missing", "extra", "changed"]:
        if self.found is None:
            return "missing"
        return "extra" if self.expected is None else "changed"

    def __str__(self) -> str:
        return f"{self.object} is {self.status}"


def describe(key: Key) -> str:
    """`policy guests_read on lodging.units`, `function core.now()`."""
    kind, parent, name = key
    return f"{kind} {name} on {parent}" if name else f"{kind} {parent}"


def read_catalog(conn: psycopg.Connection, schemas: Iterable[str]) -> Catalog:
    """The fingerprint of these schemas as they are now; what reading it locks is let go at once."""
    query = (resources.files(__package__) / "catalog.sql").read_text(encoding="utf-8")
    try:
        with conn.transaction(force_rollback=True):
            rows = conn.execute(query, {"schemas": list(schemas)}).fetchall()
    except psycopg.errors.LockNotAvailable as error:
        raise BlockedError("the catalog cannot be read: somebody has locked a table under a view") from error
    return {(kind, parent, name): definition for kind, parent, name, definition in rows}


def compare(expected: Catalog, found: Catalog) -> list[Difference]:
    """Every difference, in a stable order."""
    return [
        Difference(key, expected.get(key), found.get(key))
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


def is_client(role: str) -> bool:
    """Is this one of the roles whose rights the files decide?"""
    return role == "public" or role in CLIENT_ROLES


def refuse_open_defaults(conn: psycopg.Connection, schemas: Iterable[str]) -> None:
    """Refuse default privileges that would open whatever this role makes in these schemas."""
    rows = conn.execute(_OPEN_DEFAULTS, {"roles": list(CLIENT_ROLES), "schemas": list(schemas)}).fetchall()
    if rows:
        raise DeployError(
            f"default privileges of this role give {', '.join(what for (what,) in rows)}: all that is made "
            "here would be open to them. Narrow them to the schemas that need them: "
            "alter default privileges [in schema …] revoke …"
        )


def left_out(conn: psycopg.Connection) -> list[str]:
    """What this database cannot have because of rights that this role lacks."""
    denied = """
        select from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = 'auth' and c.relname = 'users' and not has_table_privilege(c.oid, 'references')"""
    if conn.execute(denied).fetchone() is not None:
        return ["foreign keys to auth.users are left out: this role has no REFERENCES privilege there"]
    return []
