"""Nothing may stay in the database that no file makes: nobody would keep it right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from reserve_db.deploy.catalog import Catalog
from reserve_db.deploy.errors import OrphanError
from reserve_db.deploy.work import Work
from reserve_db.sqltree import SqlTree

_REMEDY = "put the file back, or drop it in a migration"

_PLACES = """
select p.oid::regprocedure::text, p.ctid::text
from pg_proc as p join pg_language as l on l.oid = p.prolang
where p.pronamespace::regnamespace::text = any (%s) and l.lanname <> 'internal'
  and not exists (select from pg_depend as d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
"""


@contextmanager
def refusing_unmade_functions(conn: psycopg.Connection, tree: SqlTree) -> Iterator[None]:
    """Around the run of all function files: refuse what neither they nor a migration made, overloads too.

    A function that is replaced gets a new row in the catalog; one that keeps its row was made by no file.
    """
    before = _places(conn, tree)
    yield
    by_migrations = {name for file in tree.migrations for name in file.functions}
    unmade = sorted(
        function
        for function, place in _places(conn, tree).items()
        if before.get(function) == place and function.partition("(")[0] not in by_migrations
    )
    if unmade:
        raise OrphanError(f"no file makes {', '.join(unmade)}: {_REMEDY}")


def refuse_orphans(tree: SqlTree, work: Work, catalog: Catalog) -> None:
    """Refuse views that no file makes, tables whose guard file was taken away, and guards without a table."""
    made = {name for file in (*tree.views, *tree.migrations) for name in file.views}
    kinds = {"view", "materialized view"}
    if views := [parent for kind, parent, _ in catalog if kind in kinds and parent not in made]:
        raise OrphanError(f"no file makes the view {', '.join(views)}: {_REMEDY}")
    for guard in work.guards:
        if not {("table", guard.relation, ""), ("foreign table", guard.relation, "")} & catalog.keys():
            raise OrphanError(f"{guard.name} guards a table that does not exist")
    for name in work.removed:
        folder, _, rest = name.partition("/")
        table = rest.removesuffix(".sql").replace("/", ".")
        if folder == "policies" and ("table", table, "") in catalog:
            raise OrphanError(
                f"{name} is gone, but the table is still there: put the file back, or drop the table"
            )


def _places(conn: psycopg.Connection, tree: SqlTree) -> dict[str, str]:
    return dict(conn.execute(_PLACES, (list(tree.modules),)).fetchall())
