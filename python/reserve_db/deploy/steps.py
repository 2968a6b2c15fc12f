"""The SQL a deploy adds around the files: what it resets before one runs, what it makes sure of after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reserve_db.deploy.catalog import CLIENT_ROLES, Catalog
from reserve_db.deploy.history import Migration
from reserve_db.deploy.work import Work
from reserve_db.sqltree import SqlFile, SqlTree

_CONCURRENTLY = re.compile(r"\bindex\s+concurrently\b", re.IGNORECASE)

_REVOKE_PUBLIC = """do $$
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

_VALIDATE = """do $$
declare
  v_function record;
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
      v_broken := v_broken || format(E'\\n  %s: %s', v_function.oid::regprocedure, sqlerrm);
    end;
  end loop;
  if v_broken <> '' then
    raise exception using message = 'these functions do not compile:' || v_broken;
  end if;
end $$;"""


NOTIFY = "notify pgrst, 'reload schema';"
"""PostgREST reads the schema again."""


@dataclass(frozen=True)
class Step:
    """Some SQL, named after its file where it has one. A `probe` is rolled back when it has succeeded."""

    name: str
    sql: str
    why: str = ""
    probe: bool = False


def migration_step(migration: Migration, *, together: bool) -> Step:
    """The file as it is; or, where a non-transactional one joins a transaction, fit for that."""
    text = migration.file.text
    fits = migration.transactional or not together
    return Step(migration.file.name, text if fits else _CONCURRENTLY.sub("index", text))


@dataclass(frozen=True)
class FinalSteps:
    """What the last transaction does after its migrations, in this order."""

    reset: list[Step]
    functions: list[Step]
    views: list[Step]
    validation: list[Step]
    guards: list[Step]

    @property
    def in_order(self) -> list[Step]:
        return [*self.reset, *self.functions, *self.views, *self.validation, *self.guards]


def final_steps(work: Work, tree: SqlTree, catalog: Catalog) -> FinalSteps:
    """The steps of this work; `catalog` is how things are before them."""
    views: list[Step] = []
    if work.functions:
        views.append(Step("rights of public", revoke_from_public(tree)))
    for file, why in work.views.items():
        views += _view_steps(file, why, catalog)
    guards = [_lock_step(work.guards)] if work.guards else []
    for file, why in work.guards.items():
        guards += _guard_steps(file, why, catalog)
    return FinalSteps(
        reset=_reset_functions(work, catalog) if work.functions else [],
        functions=[Step(file.name, file.text) for file in tree.functions] if work.functions else [],
        views=views,
        validation=[Step("validation", _for_schemas(_VALIDATE, tree), probe=True)] if views else [],
        guards=[*guards, Step("notify", NOTIFY)],
    )


def revoke_from_public(tree: SqlTree) -> str:
    """EXECUTE on functions of ours is for those it is granted to."""
    return _for_schemas(_REVOKE_PUBLIC, tree)


def _reset_functions(work: Work, catalog: Catalog) -> list[Step]:
    """Take back the rights on functions that may have changed: their files grant what holds."""
    known = sorted(
        parent
        for kind, parent, _ in catalog
        if kind == "function" and parent.partition("(")[0] in work.suspects
    )
    sql = _revoke("routine", known) if known else ""
    return [Step("functions", sql, work.functions or "")]


def _view_steps(file: SqlFile, why: str, catalog: Catalog) -> list[Step]:
    """One file of views; rights that it no longer grants are taken back first."""
    known = sorted(parent for kind, parent, _ in catalog if kind == "view" and parent in file.views)
    reset = [Step(f"reset for {file.name}", _revoke("table", known))] if known else []
    return [*reset, Step(file.name, file.text, why)]


def _lock_step(guards: Iterable[SqlFile]) -> Step:
    """Lock the guarded tables, in name order, after settling what deferred triggers still have to do."""
    tables = sorted(guard.relation for guard in guards)
    sql = f"set constraints all immediate;\nlock table {', '.join(tables)} in access exclusive mode;"
    return Step("locks", sql)


def _guard_steps(file: SqlFile, why: str, catalog: Catalog) -> list[Step]:
    """One guard file, after undoing whatever guards the table now: what the file does not say is gone."""
    table = file.relation
    drops = [
        f"drop {kind} {name} on {table};"
        for kind, parent, name in sorted(catalog)
        if parent == table and kind in {"policy", "trigger"}
    ]
    open_up = f"alter table {table} disable row level security, no force row level security;"
    reset = "\n".join([*drops, open_up, _revoke("table", [table])])
    return [Step(f"reset for {file.name}", reset), Step(file.name, file.text, why)]


def _revoke(kind: str, names: Sequence[str]) -> str:
    return f"revoke all on {kind} {', '.join(names)} from {', '.join(['public', *CLIENT_ROLES])};"


def _for_schemas(template: str, tree: SqlTree) -> str:
    """Fill `{schemas}` with an array literal (module names are plain identifiers)."""
    return template.replace("{schemas}", f"'{{{','.join(tree.modules)}}}'")
