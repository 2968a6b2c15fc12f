"""The SQL a deploy adds around the files: what it resets before one runs, what it makes sure of after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from reserve_db.deploy.catalog import Catalog
from reserve_db.sqltree import SqlFile

Roles = Sequence[str]
"""The client roles that exist on this server."""

_CONCURRENT_INDEX = re.compile(
    r"\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(\w+)\s+on\s+(?:only\s+)?(\w+)\.(\w+)",
    re.IGNORECASE,
)
_CONCURRENTLY = re.compile(r"\bindex\s+concurrently\b", re.IGNORECASE)
_ENUM_VALUE = re.compile(r"\balter\s+type\s+(\w+\.\w+)\s+add\s+value\b", re.IGNORECASE)

NOTIFY = "notify pgrst, 'reload schema';"

REVOKE_PUBLIC = """do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g
    where p.pronamespace::regnamespace::text = any ({schemas}) and g.grantee = 0
  loop
    execute format('revoke execute on routine %s from public', v_function);
  end loop;
end $$;"""

VALIDATE = """do $$
declare
  v_function record;
  v_context text;
  v_broken text := '';
begin
  perform set_config('check_function_bodies', 'on', true);
  for v_function in
    select p.oid, l.lanvalidator::regproc as validator
    from pg_proc as p join pg_language as l on l.oid = p.prolang
    where p.pronamespace::regnamespace::text = any ({schemas})
      and l.lanname in ('plpgsql', 'sql') and p.prosqlbody is null
    order by p.oid::regprocedure::text
  loop
    begin
      execute format('select %s(%s)', v_function.validator, v_function.oid);
    exception when others then
      get stacked diagnostics v_context = pg_exception_context;
      v_broken := v_broken || format(E'\\n  %s: %s (%s)', v_function.oid::regprocedure, sqlerrm,
        split_part(v_context, E'\\n', 1));
    end;
  end loop;
  if v_broken <> '' then
    raise exception using message = 'these functions do not compile:' || v_broken;
  end if;
end $$;"""

FUNCTION_VERSIONS = """
select p.oid::regprocedure::text, lower(p.pronamespace::regnamespace::text || '.' || p.proname), p.ctid::text
from pg_proc as p join pg_language as l on l.oid = p.prolang
where p.pronamespace::regnamespace::text = any (%s) and l.lanname <> 'internal'
  and not exists (select from pg_depend as d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
"""


@dataclass(frozen=True)
class Step:
    """Some SQL, and the file it comes from or belongs to."""

    name: str
    sql: str
    file: SqlFile | None = None


def for_schemas(template: str, schemas: Iterable[str]) -> str:
    """Fill `{schemas}` with an array literal (module names are plain identifiers)."""
    return template.replace("{schemas}", f"'{{{','.join(schemas)}}}'")


def migration_step(file: SqlFile, *, transactional: bool) -> Step:
    """The file as it is, or fit for a transaction."""
    text = file.text if transactional else _CONCURRENTLY.sub("index", file.text)
    return Step(file.name, text, file)


def reset_functions(suspects: Set[str], catalog: Catalog, roles: Roles) -> list[Step]:
    """Take back the rights on these functions (qualified names): their files grant what holds."""
    known = sorted(
        parent for kind, parent, _ in catalog if kind == "function" and parent.partition("(")[0] in suspects
    )
    return [Step("rights on changed functions", _revoke("routine", known, roles))] if known else []


def view_steps(file: SqlFile, catalog: Catalog, roles: Roles) -> list[Step]:
    """One file of views; rights that it no longer grants are taken back first."""
    known = sorted(parent for kind, parent, _ in catalog if kind == "view" and parent in file.views)
    reset = [Step(f"reset for {file.name}", _revoke("table", known, roles))] if known else []
    return [*reset, Step(file.name, file.text, file)]


def lock_step(guards: Iterable[SqlFile]) -> Step:
    """Lock the guarded tables, in name order, after settling what deferred triggers still have to do."""
    tables = sorted(guard.relation for guard in guards)
    sql = f"set constraints all immediate;\nlock table {', '.join(tables)} in access exclusive mode;"
    return Step("locks", sql)


def guard_steps(file: SqlFile, catalog: Catalog, roles: Roles) -> list[Step]:
    """One guard file, after undoing whatever guards the table now: what the file does not say is gone."""
    table = file.relation
    drops = [
        f"drop {kind} {name} on {table};"
        for kind, parent, name in sorted(catalog)
        if parent == table and kind in {"policy", "trigger"}
    ]
    open_up = f"alter table {table} disable row level security, no force row level security;"
    reset = "\n".join([*drops, open_up, _revoke("table", [table], roles)])
    return [Step(f"reset for {file.name}", reset), Step(file.name, file.text, file)]


def _revoke(kind: str, names: Sequence[str], roles: Roles) -> str:
    return f"revoke all on {kind} {', '.join(names)} from {', '.join(['public', *roles])};"


def concurrent_indexes(code: str) -> list[tuple[str, str]]:
    """(index, table) of each `create index concurrently` in this code, both with their schema."""
    return [
        (f"{schema}.{index}", f"{schema}.{table}") for index, schema, table in _CONCURRENT_INDEX.findall(code)
    ]


def extended_enums(code: str) -> list[str]:
    """The types that get a value in this code."""
    return [name.lower() for name in _ENUM_VALUE.findall(code)]
