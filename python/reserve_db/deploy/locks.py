"""Which locks a deploy takes on what is in use, as far as the text of its files tells.

A statement is looked at without its strings, with single blanks for white space; names are qualified, as they
have to be in a deploy. What `do` blocks build at run time, what cascades to other kinds of objects and what
triggers do is not seen. Mere reads, and what foreign keys read when rows change, are left out: only changes
of the schema wait for these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import psycopg

from reserve_db.deploy.work import Work
from reserve_db.sqltree import SqlFile

MODES = (
    "access share",
    "row share",
    "row exclusive",
    "share update exclusive",
    "share",
    "share row exclusive",
    "exclusive",
    "access exclusive",
)
"""Weakest first."""


@dataclass(frozen=True)
class Lock:
    """A lock on a relation that exists and may be in use."""

    relation: str
    mode: str
    why: str


_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = rf"{_IDENTIFIER}\.{_IDENTIFIER}"
_ONE_NAME = re.compile(_NAME)
_WORDS = {
    "NAMES": rf"((?:only )?{_NAME}(?: ?\*)?(?: ?, ?(?:only )?{_NAME}(?: ?\*)?)*)",
    "NAME": rf"(?:only )?({_NAME})",
    "TABLE": rf"{_NAME}",
    "ID": _IDENTIFIER,
    "EXISTS ": "(?:if exists )?",
}


# (relation, mode, pattern): a statement like the pattern locks in this mode what stands in this relation to
# the names in group 1: "itself", its "table" or "indexes"; or, of foreign keys, the "keys" on both sides or
# only those that "refer" to it. A second group names the constraint or column whose keys these are.
_RULES = (
    ("itself", "access exclusive", r"^drop (?:table|(?:materialized )?view|sequence) EXISTS NAMES"),
    ("keys", "access exclusive", r"^drop table EXISTS NAMES"),
    ("itself", "access exclusive", r"^alter (?:materialized )?view EXISTS NAME"),
    ("itself", "access exclusive", r"^create or replace (?:recursive )?view NAME"),
    ("itself", "access exclusive", r"^refresh materialized view (?!concurrently)NAME"),
    ("itself", "exclusive", r"^refresh materialized view concurrently NAME"),
    ("itself", "share row exclusive", r"^alter sequence EXISTS NAME(?! (?:rename|owner|set schema))"),
    ("itself", "access exclusive", r"^alter sequence EXISTS NAME (?:rename|owner|set schema)"),
    ("itself", "access exclusive", r"^truncate (?:table )?NAMES"),
    ("refer", "access exclusive", r"^truncate (?:table )?NAMES.* cascade"),
    ("itself", "access exclusive", r"^cluster (?:\(.*\) )?NAME"),
    ("itself", "access exclusive", r"^(?:create|alter|drop) policy EXISTS ID on NAME"),
    ("itself", "access exclusive", r"^(?:alter|drop) (?:trigger|rule) EXISTS ID on NAME"),
    ("itself", "access exclusive", r"^create (?:or replace )?rule ID as on \w+ to NAME"),
    ("itself", "share row exclusive", r"^create (?:or replace )?(?:constraint )?trigger .*? on NAME"),
    ("itself", "share row exclusive", r"\breferences NAME"),
    ("itself", "access exclusive", r"^create .*?\bpartition of NAME"),
    ("itself", "share update exclusive", r"^create .*?\binherits ?\( ?NAMES"),
    ("itself", "share", r"^create (?:unique )?index (?!concurrently\b).*?\bon NAME"),
    ("itself", "share update exclusive", r"^create (?:unique )?index concurrently .*?\bon NAME"),
    ("table", "access exclusive", r"^drop index (?!concurrently)EXISTS NAMES"),
    ("table", "share update exclusive", r"^drop index concurrently EXISTS NAMES"),
    ("itself", "share update exclusive", r"^alter index EXISTS NAME(?! set tablespace)"),
    ("itself", "access exclusive", r"^alter index EXISTS NAME set tablespace"),
    ("itself", "access exclusive", r"^reindex (?:\(.*\) )?index NAME"),
    ("table", "share", r"^reindex (?:\(.*\) )?index NAME"),
    ("itself", "share", r"^reindex (?:\(.*\) )?table NAME"),
    ("indexes", "access exclusive", r"^reindex (?:\(.*\) )?table NAME"),
    ("itself", "share update exclusive", r"^reindex (?:\(.*\) )?table concurrently NAME"),
    ("table", "share update exclusive", r"^reindex (?:\(.*\) )?index concurrently NAME"),
    ("itself", "share update exclusive", r"^analyze (?:\(.*\) |verbose )?NAMES"),
    ("itself", "share update exclusive", r"^create statistics .*? from NAME"),
    (
        "itself",
        "share update exclusive",
        r"^comment on (?:\w+ )?(?:table|column|index|view|sequence) NAME",
    ),
    ("itself", "row exclusive", r"\b(?:insert into|delete from|merge into) NAME"),
    ("itself", "row exclusive", r"\bupdate NAME(?: \*)?(?: as)?(?: ID)? set "),
    ("itself", "row share", r"^select .*?\bfrom NAMES.* for (?:no key )?(?:update|share|key share)\b"),
    # parts of `alter table`
    ("itself", "access exclusive", r"^table TABLE attach partition NAME"),
    ("itself", "access exclusive", r"^table TABLE detach partition NAME$"),
    ("keys", "access exclusive", r"^table NAME drop constraint EXISTS (ID)"),
    ("keys", "access exclusive", r"^table NAME drop (?:column )?(?!constraint )EXISTS (ID)"),
    ("keys", "access exclusive", r"^table NAME alter (?:column )?(ID) (?:set data )?type"),
    ("keys", "row share", r"^table NAME validate constraint (ID)"),
)
_LOCK_TABLE = rf"^lock (?:table )?NAMES(?: in ({'|'.join(MODES)}) mode)?"
_ALTER_TABLE = r"^alter (?:foreign )?table EXISTS NAME(?: ?\*)? (.*)"
# Every other part of an `alter table` takes ACCESS EXCLUSIVE.
_MILDER = (
    (r"^validate constraint", "share update exclusive"),
    (
        r"^(?:re)?set ?\( ?(?:toast\.)?(?:fillfactor|autovacuum|vacuum|toast_|parallel|log_)",
        "share update exclusive",
    ),
    (r"^alter (?:column )?ID (?:set statistics|(?:re)?set ?\()", "share update exclusive"),
    (r"^(?:cluster on|set without cluster|attach partition)", "share update exclusive"),
    (r"^detach partition .* concurrently", "share update exclusive"),
    (r"^add (?:constraint ID )?foreign key", "share row exclusive"),
    (r"^(?:enable|disable) (?:always |replica )?trigger", "share row exclusive"),
)

_DO_BLOCK = re.compile(r"\bdo\s+(?:language\s+\w+\s+)?(\$\w*\$)(.*?)\1", re.IGNORECASE | re.DOTALL)
_OPAQUE = re.compile(
    r"(\$\w*\$).*?\1|\be'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|\bbegin\s+atomic\b.*?\bend\s*(?=;)",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = re.compile("^")
_CONTROL = re.compile(
    r"^.*?\b(?:begin|then|else|loop) "
    r"(?=(?:alter|analyze|cluster|comment|create|delete|drop|insert|lock|merge|refresh|reindex|truncate"
    r"|update) )",
    re.IGNORECASE,
)

_RESOLVE = """
select r.oid::regclass::text, l.mode, l.why
from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
  with ordinality as l (which, name, part, mode, why, place)
cross join lateral (
  select to_regclass(l.name)::oid as oid where l.which = 'itself'
  union all
  select case l.which when 'table' then i.indrelid else i.indexrelid end from pg_index as i
  where l.which = 'table' and i.indexrelid = to_regclass(l.name)
    or l.which = 'indexes' and i.indrelid = to_regclass(l.name)
  union all
  select case k.conrelid when to_regclass(l.name) then k.confrelid else k.conrelid end from pg_constraint as k
  where k.contype = 'f'
    and (k.confrelid = to_regclass(l.name) and l.which in ('keys', 'refer')
      or k.conrelid = to_regclass(l.name) and l.which = 'keys')
    and (l.part = '' or k.conname = any (parse_ident(l.part)) or exists (
      select from pg_attribute as a
      where a.attrelid = to_regclass(l.name) and a.attname = any (parse_ident(l.part))
        and a.attnum = any (case k.conrelid when a.attrelid then k.conkey else k.confkey end)))
) as r
where r.oid is not null
order by l.place
"""


def locks_of(conn: psycopg.Connection, files: Iterable[SqlFile], work: Work | None = None) -> list[Lock]:
    """What these files of facts and then this work lock: the strongest mode for each relation and reason."""
    found = [(*lock, file.name) for file in files for lock in _locks_in(file.code)]
    if work is not None:
        found += [("itself", view, "", mode, why) for view, mode, why in locks_of_work(work)]
    strongest: dict[tuple[str, str], str] = {}
    columns = [list(column) for column in zip(*found, strict=True)] or [[]] * 5
    for relation, mode, why in conn.execute(_RESOLVE, columns):
        known = strongest.get((relation, why), mode)
        strongest[relation, why] = max(mode, known, key=MODES.index)
    return [Lock(relation, mode, why) for (relation, why), mode in strongest.items()]


def locks_of_work(work: Work) -> Iterator[tuple[str, str, str]]:
    """(relation, mode, why) of views and guards that are applied again."""
    for file, why in work.views.items():
        for view in sorted(file.views):
            yield view, "access exclusive", f"{file.name}: {why}"
    for file, why in work.guards.items():
        yield file.relation, "access exclusive", f"{file.name}: {why}"


def _locks_in(code: str) -> Iterator[tuple[str, str, str, str]]:
    """(which, name, part, mode) of everything that this SQL says it locks."""
    for statement in _statements(code):
        texts = [statement]
        if altered := _like(_ALTER_TABLE, statement):
            for part in _parts(altered[2]):
                texts.append(f"table {altered[1]} {part}")
                mode = next((mode for milder, mode in _MILDER if _like(milder, part)), "access exclusive")
                yield "itself", altered[1], "", mode
        if locked := _like(_LOCK_TABLE, statement):
            for name in _ONE_NAME.findall(locked[1]):
                yield "itself", name, "", (locked[2] or "access exclusive").lower()
        for text, (which, mode, pattern) in product(texts, _RULES):
            for match in _compiled(pattern).finditer(text):
                part = match[2] if match.re.groups > 1 else ""
                for name in _ONE_NAME.findall(match[1]):
                    yield which, name, part, mode


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """With the words in capitals spelled out. Most deploys need none of them."""
    spelled = re.sub(r"\b(?:EXISTS |[A-Z]{2,}\b)", lambda word: _WORDS[word[0]], pattern)
    return re.compile(spelled, re.IGNORECASE | re.DOTALL)


def _like(pattern: str, text: str) -> re.Match[str] | None:
    return _compiled(pattern).match(text)


def _statements(code: str) -> Iterator[str]:
    """Single statements, those of `do` blocks too, without what strings and bodies of functions hold."""
    outside = _DO_BLOCK.sub("", code)
    inside = "".join(block[2] + ";" for block in _DO_BLOCK.finditer(code))
    for text, control in ((outside, _NOTHING), (inside, _CONTROL)):
        for piece in _OPAQUE.sub("''", text).split(";"):
            statement = re.sub(r" ?\. ?", ".", re.sub(r"\s+", " ", piece).strip())
            yield control.sub("", statement)


def _parts(actions: str) -> Iterator[str]:
    """The actions of an `alter table`, which commas outside of brackets part."""
    depth, start = 0, 0
    for place, character in enumerate(actions):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield actions[start:place].strip()
            start = place + 1
    yield actions[start:].strip()
