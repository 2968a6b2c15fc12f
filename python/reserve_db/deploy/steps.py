"""The SQL a deploy adds around the files: what it resets before one runs, what it makes sure of after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg

from reserve_db.deploy.catalog import CLIENT_ROLES, Catalog
from reserve_db.deploy.history import Migration
from reserve_db.deploy.locks import MODES, locks_of, locks_of_work
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

# Whoever waits for one lock while holding another may wait for somebody who waits for the other. So this lets
# go of all it got when the next takes too long, and begins again with that one: those who hold it then lack
# none of ours. Patience doubles until it meets the length of their transactions, and stays below the time
# after which they look for deadlocks. An index is locked by its table; a view by a change that changes
# nothing, since LOCK would lock the tables in it too.
_LOCK = """do $$
declare
  v_lock record;
  v_first oid := 0;
  v_until timestamptz;
  v_patience interval := '10 ms';
  v_timeout constant text := current_setting('lock_timeout');
begin
  loop
    begin
      v_until := clock_timestamp() + v_patience;
      for v_lock in
        select c.oid, case
          when c.relkind in ('v', 'm')
            then format('alter table %s owner to %I', c.oid::regclass, pg_get_userbyid(c.relowner))
          else format('lock table %s in %s mode', c.oid::regclass, ('{{modes}}'::text[])[max(w.mode)])
        end as command
        from (values
          {locks}
        ) as w (name, mode)
        left join pg_index as i on i.indexrelid = to_regclass(w.name)
        join pg_class as c on c.oid = coalesce(i.indrelid, to_regclass(w.name))
        where c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'update, delete, truncate')
          or c.relkind in ('v', 'm') and w.mode = {strongest} and pg_has_role(c.relowner, 'usage')
        group by c.oid, c.relkind, c.relowner
        order by c.oid <> v_first, c.oid::regclass::text
      loop
        v_first := v_lock.oid;
        perform set_config('lock_timeout',
          greatest(1, round(1000 * extract(epoch from v_until - clock_timestamp())))::text, true);
        execute v_lock.command;
      end loop;
      perform set_config('lock_timeout', v_timeout, true);
      return;
    exception when lock_not_available then
      v_patience := least(2 * v_patience, current_setting('deadlock_timeout')::interval / 2);
    end;
  end loop;
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
    locks = _lock_steps((relation, mode) for relation, mode, _ in locks_of_work(work))
    if work.views:
        views += locks
    for file, why in work.views.items():
        views += _view_steps(file, why, catalog)
    guards = [] if work.views else locks
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


def lock_first(
    conn: psycopg.Connection, transactions: Sequence[Sequence[SqlFile]], work: Work
) -> list[list[Step]]:
    """For each transaction, given the files of facts it starts with: what locks all that it will need.

    Where its files lock nothing that exists, as far as known, that is nothing: then locks can wait until
    functions are replaced. The last transaction also does `work`.
    """
    first: list[list[Step]] = []
    for number, files in enumerate(transactions, 1):
        locks = [(lock.relation, lock.mode) for lock in locks_of(conn, files)]
        if locks and number == len(transactions):
            locks += [(relation, mode) for relation, mode, _ in locks_of_work(work)]
        first.append(_lock_steps(locks))
    return first


def _lock_steps(locks: Iterable[tuple[str, str]]) -> list[Step]:
    """Take all these locks, if any, after settling what deferred triggers still have to do."""
    strongest: dict[str, int] = {}
    for relation, mode in locks:
        strongest[relation] = max(strongest.get(relation, 0), MODES.index(mode) + 1)
    if not strongest:
        return []
    listed = ",\n          ".join(f"({_literal(name)}, {mode})" for name, mode in sorted(strongest.items()))
    sql = (
        _LOCK.replace("{locks}", listed)
        .replace("{modes}", ", ".join(MODES))
        .replace("{strongest}", str(len(MODES)))
    )
    return [Step("locks", f"set constraints all immediate;\n{sql}")]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
