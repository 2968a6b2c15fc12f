"""What a deploy would do: its SQL, its transactions, the tables it would lock. Only reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reserve_db.connection import connect
from reserve_db.deploy import steps
from reserve_db.deploy.catalog import Catalog, client_roles, left_out
from reserve_db.deploy.history import History, Migration, migrations_in_order
from reserve_db.deploy.session import SETTINGS
from reserve_db.deploy.steps import Step
from reserve_db.deploy.work import Work, split
from reserve_db.sqltree import SqlFile, SqlTree

READ_ONLY = SETTINGS + "set default_transaction_read_only = on; set lock_timeout = '10s';"

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
_TAKES_GUARD = re.compile(
    r"\bdrop\s+(?:policy|trigger)\s+(?:if\s+exists\s+)?\w+\s+on\s+(\w+\.\w+)", re.IGNORECASE
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
    with connect(dsn, "reserve-db plan") as conn:
        conn.execute(READ_ONLY)
        history = History(conn)
        pending = history.pending(migrations_in_order(tree))
        catalog = history.found(tree.modules)
        drift = history.drift(catalog)
        work = Work.find(tree, history.hashes(), drift, catalog, migrated=bool(pending))
        work = work.with_guards(_guards_taken(pending, tree))
        roles = client_roles(conn)
        notes = left_out(conn)
        nothing = not pending and not work and not history.server_changed()

    final = steps.final_steps(work, tree, catalog, roles)
    transactions = [
        Transaction(
            batch.alone, [steps.migration_step(m, together=not batch.alone) for m in batch.migrations]
        )
        for batch in split(pending, catalog)
    ]
    transactions[-1].steps.extend(final.in_order)
    lasting = [str(difference) for difference in drift if not work.covers(difference.key, tree)]
    return Plan([] if nothing else transactions, _locks(pending, work, catalog), lasting, notes)


def _guards_taken(pending: Sequence[Migration], tree: SqlTree) -> dict[SqlFile, str]:
    """Guard files that come back because a migration drops something of theirs."""
    files = {file.relation: file for file in tree.guards}
    return {
        files[table]: f"{migration.file.name} drops a policy or trigger"
        for migration in pending
        for table in _TAKES_GUARD.findall(migration.file.code)
        if table in files
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
