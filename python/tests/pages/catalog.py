"""What the pages need to know of a deployed database, in one order on every server version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row

Row = TypeVar("Row")

ROLES = ("anon", "authenticated", "service_role")


@dataclass(frozen=True)
class Module:
    name: str
    comment: str


@dataclass(frozen=True)
class Relation:
    """A table or a view."""

    module: str
    name: str
    is_view: bool
    comment: str
    readers: list[str]

    @property
    def label(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Column:
    relation: str
    name: str
    type: str
    is_nullable: bool
    default: str
    comment: str


@dataclass(frozen=True)
class Constraint:
    """A rule of a table: c CHECK, p primary key, u unique, f foreign key, x exclusion, t trigger."""

    relation: str
    name: str
    kind: str
    definition: str
    columns: list[str]
    target: str


@dataclass(frozen=True)
class Index:
    """One that no constraint made, or one that did: `constraint` is its name then."""

    relation: str
    name: str
    method: str
    is_unique: bool
    columns: list[str]
    predicate: str
    constraint: str
    definition: str


@dataclass(frozen=True)
class Enum:
    module: str
    name: str
    values: list[str]

    @property
    def label(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    default: str


@dataclass(frozen=True)
class Function:
    module: str
    name: str
    volatility: str
    comment: str
    callers: list[str]
    names: list[str]
    types: list[str]
    defaults: list[str]

    @property
    def label(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def parameters(self) -> list[Parameter]:
        return [Parameter(*part) for part in zip(self.names, self.types, self.defaults, strict=True)]


@dataclass(frozen=True)
class Transition:
    machine: str
    from_state: str
    to_state: str
    event: str
    actor: str


@dataclass(frozen=True)
class Guarded:
    """A status column and the machine it obeys."""

    machine: str
    relation: str
    column: str


@dataclass(frozen=True)
class Error:
    code: str
    status: int
    message: str
    hint: str


RELATIONS = """
create temporary view relations as
select c.oid, m.name as module, c.relname::text as name, format('%I.%I', m.name, c.relname) as label,
  m.position, c.relkind in ('v', 'm') as is_view
from core.modules as m
join pg_namespace as n on n.nspname = m.name
join pg_class as c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm')
"""
MODULES = """
select m.name, coalesce(obj_description(n.oid), '') as comment
from core.modules as m
join pg_namespace as n on n.nspname = m.name
order by m.position
"""
READABLE = """
select r.module, r.name, r.is_view, coalesce(obj_description(r.oid, 'pg_class'), '') as comment,
  array(
    select role from unnest(%s::text[]) with ordinality as t (role, number)
    where has_any_column_privilege(role, r.oid, 'select') order by number) as readers
from relations as r
order by r.position, r.name collate "C"
"""
COLUMNS = """
select r.label as relation, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
  not a.attnotnull as is_nullable, coalesce(col_description(r.oid, a.attnum), '') as comment,
  case when a.attidentity <> '' then 'identity'
    when a.attgenerated <> '' then 'generated: ' || pg_get_expr(d.adbin, d.adrelid)
    else coalesce(pg_get_expr(d.adbin, d.adrelid), '') end as default
from relations as r
join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
order by r.position, r.name collate "C", a.attnum
"""
CONSTRAINTS = """
select r.label as relation, c.conname::text as name, c.contype::text as kind,
  pg_get_constraintdef(c.oid) as definition, coalesce(t.label, c.confrelid::regclass::text, '') as target,
  array(
    select a.attname::text from unnest(c.conkey) with ordinality as k (attnum, number)
    join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
    order by k.number) as columns
from relations as r
join pg_constraint as c on c.conrelid = r.oid and c.contype <> 'n'
left join relations as t on t.oid = c.confrelid
order by r.position, r.name collate "C", c.conname collate "C"
"""
INDEXES = """
select r.label as relation, i.relname::text as name, m.amname::text as method, x.indisunique as is_unique,
  coalesce(pg_get_expr(x.indpred, x.indrelid), '') as predicate,
  array(
    select pg_get_indexdef(x.indexrelid, n, true) from generate_series(1, x.indnkeyatts) as n) as columns,
  coalesce(c.conname::text, '') as constraint,
  substring(pg_get_indexdef(x.indexrelid) from ' USING (.*)') as definition
from relations as r
join pg_index as x on x.indrelid = r.oid
join pg_class as i on i.oid = x.indexrelid
join pg_am as m on m.oid = i.relam
left join pg_constraint as c
  on c.conindid = x.indexrelid and c.conrelid = r.oid and c.contype in ('p', 'u', 'x')
order by r.position, r.name collate "C", i.relname collate "C"
"""
ENUMS = """
select m.name as module, t.typname::text as name,
  array_agg(e.enumlabel::text order by e.enumsortorder) as values
from core.modules as m
join pg_namespace as n on n.nspname = m.name
join pg_type as t on t.typnamespace = n.oid
join pg_enum as e on e.enumtypid = t.oid
group by m.position, m.name, t.typname
order by m.position, t.typname::text collate "C"
"""
FUNCTIONS = """
select m.name as module, p.proname::text as name, coalesce(obj_description(p.oid, 'pg_proc'), '') as comment,
  case p.provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end as volatility,
  array(
    select role from unnest(%s::text[]) with ordinality as t (role, number)
    where has_function_privilege(role, p.oid, 'execute') order by number) as callers,
  coalesce(p.proargnames[1:p.pronargs]::text[], '{}') as names,
  array(
    select format_type(a.type, null) from unnest(p.proargtypes) with ordinality as a (type, number)
    order by a.number) as types,
  array(
    select coalesce(pg_get_function_arg_default(p.oid, n), '')
    from generate_series(1, p.pronargs::integer) as n) as defaults
from core.modules as m
join pg_namespace as n on n.nspname = m.name
join pg_proc as p on p.pronamespace = n.oid and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
order by m.position, p.proname collate "C"
"""
TRANSITIONS = """
select machine, from_state, to_state, event, actor
from core.state_transitions
order by machine collate "C", from_state collate "C", to_state collate "C"
"""
GUARDED = """
select g.arguments[1] as machine, r.label as relation, g.arguments[2] as column
from relations as r
join (
  select tgrelid, string_to_array(encode(tgargs, 'escape'), '\\000') as arguments
  from pg_trigger
  where tgfoid = 'core.tg__enforce_transition'::regproc) as g on g.tgrelid = r.oid
order by g.arguments[1] collate "C", r.label collate "C"
"""
ERRORS = "select code, right(sqlstate, 3)::integer as status, message, hint from core.error_catalog()"


class Catalog:
    """Reads through one connection; what was read is kept."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        connection.execute("set search_path = pg_catalog")
        connection.execute(RELATIONS)

    def _rows(self, row: type[Row], query: str, *values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=class_row(row)) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    @cached_property
    def modules(self) -> list[Module]:
        return self._rows(Module, MODULES)

    @cached_property
    def relations(self) -> list[Relation]:
        return self._rows(Relation, READABLE, list(ROLES))

    @cached_property
    def columns(self) -> list[Column]:
        return self._rows(Column, COLUMNS)

    @cached_property
    def constraints(self) -> list[Constraint]:
        return self._rows(Constraint, CONSTRAINTS)

    @cached_property
    def indexes(self) -> list[Index]:
        return self._rows(Index, INDEXES)

    @cached_property
    def enums(self) -> list[Enum]:
        return self._rows(Enum, ENUMS)

    @cached_property
    def functions(self) -> list[Function]:
        """Trigger functions are left out."""
        return self._rows(Function, FUNCTIONS, list(ROLES))

    @cached_property
    def transitions(self) -> list[Transition]:
        return self._rows(Transition, TRANSITIONS)

    @cached_property
    def guarded(self) -> list[Guarded]:
        return self._rows(Guarded, GUARDED)

    @cached_property
    def errors(self) -> list[Error]:
        """In the catalog's own order."""
        return self._rows(Error, ERRORS)
