"""What a deploy would do: its SQL, its transactions, the tables it would lock. Only reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reserve_db.deploy import steps
from reserve_db.deploy.catalog import Catalog, compare, left_out, refuse_open_defaults
from reserve_db.deploy.history import History, Migration, migrations_in_order
from reserve_db.deploy.session import reading
from reserve_db.deploy.steps import Step
from reserve_db.deploy.work import Work, split
from reserve_db.sqltree import SqlTree

_TABLE = r"(?:if\s+exists\s+)?(?:only\s+)?(\w+\.\w+)"
_LOCKS = [
    (re.compile(pattern.replace("TABLE", _TABLE), re.IGNORECASE), mode)
    for pattern, mode in (
        (r"\b(?:alter|drop)\s+(?:table|view)\s+TABLE", "access exclusive"),
        (r"\btruncate\s+(?:table\s+)?TABLE", "access exclusive"),
        (r"\b(?:create|alter|drop)\s+policy\s+(?:if\s+exists\s+)?\w+\s+on\s+TABLE", "access exclusive"),
        (r"\bdrop\s+trigger\s+(?:if\s+exists\s+)?\w+\s+on\s+TABLE", "access exclusive"),
        (r"\bcreate\s+(?:constraint\s+)?trigger\s[^;]*?\bon\s+TABLE", "share row exclusive"),
        (r"\breferences\s+TABLE", "share row exclusive"),
        (r"\bcreate\s+(?:unique\s+)?index\s+(?!concurrently\b)[^;]*?\bon\s+TABLE", "share"),
        (r"\bindex\s+concurrently\s[^;]*?\bon\s+TABLE", "share update exclusive"),
    )
]
_NAMES = r"(\w+\.\w+(?:\s*,\s*\w+\.\w+)*)"
_DROPS_GUARD = re.compile(
    r"\bdrop\s+(policy|trigger)\s+(?:if\s+exists\s+)?(\w+)\s+on\s+(\w+\.\w+)", re.IGNORECASE
)
_DROPS = re.compile(
    rf"\bdrop\s+(?:table|(?:materialized\s+)?view)\s+(?:if\s+exists\s+)?{_NAMES}", re.IGNORECASE
)
_DROPS_FUNCTION = re.compile(
    r"\bdrop\s+(?:function|procedure|routine)\s+(?:if\s+exists\s+)?([^;]+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Lock:
    """A lock on a table or view that exists and may be in use."""

    relation: str
    mode: str
    why: str


@dataclass(frozen=True)
class Transaction:
    """Steps that are committed together; `alone`: one statement that no transaction can hold."""

    alone: bool
    steps: list[Step]


@dataclass(frozen=True)
class Plan:
    """Everything `migrate` would do now."""

    transactions: list[Transaction]
    locks: list[Lock]
    drift: list[str]
    notes: list[str]


def plan(dsn: str, sql_dir: Path | None = None) -> Plan:
    """What `migrate` would do on this database. Raises what `migrate` would refuse with before it starts."""
    tree = SqlTree.at(sql_dir)
    with reading(dsn, "reserve-db plan") as conn:
        refuse_open_defaults(conn, tree.modules)
        history = History(conn)
        pending = history.pending(migrations_in_order(tree))
        catalog = history.found(tree.modules)
        drift = history.drift(catalog)
        migrated = _without_dropped(catalog, pending)
        upgraded = history.server_changed()
        taken = compare(catalog, migrated) if upgraded else history.drift(migrated)
        work = Work.find(tree, history.hashes(), taken, migrated, migrated=bool(pending))
        notes = left_out(conn)
        if upgraded:
            notes.append(
                "the server was upgraded since the last deploy: what is there now is taken as deployed"
            )

    lasting = [str(difference) for difference in drift if not work.covers(difference.key, tree)]
    todo = transactions(pending, work, tree, catalog, migrated) if pending or work else []
    return Plan(todo, _locks(pending, work, catalog), lasting, notes)


def transactions(
    pending: Sequence[Migration], work: Work, tree: SqlTree, catalog: Catalog, migrated: Catalog | None = None
) -> list[Transaction]:
    """The transactions of a deploy; `migrated` is what the catalog will be after its migrations."""
    todo = [
        Transaction(
            batch.alone, [steps.migration_step(m, together=not batch.alone) for m in batch.migrations]
        )
        for batch in split(pending, catalog)
    ]
    todo[-1].steps.extend(steps.final_steps(work, tree, migrated or catalog).in_order)
    return todo


def as_sql(transactions: Sequence[Transaction]) -> Iterator[str]:
    """What is sent, with the begin and commit of each transaction."""
    for number, transaction in enumerate(transactions, 1):
        alone = ": alone, in no transaction" if transaction.alone else ""
        yield f"\n-- {number} of {len(transactions)}{alone}"
        if not transaction.alone:
            yield "begin;"
        for step in transaction.steps:
            yield f"\n-- {step.name}{f': {step.why}' if step.why else ''}"
            if step.sql:
                yield (
                    f"savepoint probe;\n{step.sql}\nrollback to savepoint probe;"
                    if step.probe
                    else step.sql.rstrip()
                )
        if not transaction.alone:
            yield "\ncommit;"


def _without_dropped(catalog: Catalog, pending: Sequence[Migration]) -> Catalog:
    """The catalog without what the text of these migrations drops: files put their own things back."""
    guards: set[tuple[str, str, str]] = set()
    objects: set[str] = set()
    for migration in pending:
        guards |= {(kind, table, name) for kind, name, table in _DROPS_GUARD.findall(migration.file.code)}
        for names in _DROPS.findall(migration.file.code):
            objects |= set(re.split(r"\s*,\s*", names))
        for names in _DROPS_FUNCTION.findall(migration.file.code):
            objects |= set(re.findall(r"\w+\.\w+(?=\s*\()", names))
    return {
        key: definition
        for key, definition in catalog.items()
        if key not in guards and key[1].partition("(")[0] not in objects
    }


def _locks(pending: Sequence[Migration], work: Work, catalog: Catalog) -> list[Lock]:
    """As far as the text tells, on what exists already; in the order in which they are taken."""
    locks = [
        Lock(relation, mode, migration.file.name)
        for migration in pending
        for pattern, mode in _LOCKS
        for relation in pattern.findall(migration.file.code)
    ]
    locks += [
        Lock(view, "access exclusive", f"{file.name}: {why}")
        for file, why in work.views.items()
        for view in sorted(file.views)
    ]
    locks += [
        Lock(file.relation, "access exclusive", f"{file.name}: {why}") for file, why in work.guards.items()
    ]
    existing = {parent for kind, parent, _ in catalog if kind in {"table", "view", "materialized view"}}
    return [lock for lock in dict.fromkeys(locks) if lock.relation in existing]
