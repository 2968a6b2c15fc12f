"""What a deploy would do: its SQL, its transactions, the tables it would lock. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reserve_db.deploy import steps
from reserve_db.deploy.catalog import Catalog, compare, left_out, refuse_open_defaults
from reserve_db.deploy.history import History, migrations_in_order
from reserve_db.deploy.locks import Lock, locks_of
from reserve_db.deploy.session import reading
from reserve_db.deploy.steps import Step
from reserve_db.deploy.work import Batch, Work, split, without_dropped
from reserve_db.sqltree import SqlTree


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
        files = [migration.file for migration in pending]
        migrated = without_dropped(catalog, files)
        upgraded = history.server_changed()
        taken = compare(catalog, migrated) if upgraded else history.drift(migrated)
        work = Work.find(tree, history.hashes(), taken, migrated, migrated=bool(pending))
        batches = split(pending, catalog)
        first = steps.lock_first(conn, [batch.facts for batch in batches], work)
        todo = transactions(batches, first, work, tree, migrated) if pending or work else []
        locks = locks_of(conn, files, work)
        notes = left_out(conn)
        if upgraded:
            notes.append(
                "the server was upgraded since the last deploy: what is there now is taken as deployed"
            )

    lasting = [str(difference) for difference in drift if not work.covers(difference.key, tree)]
    return Plan(todo, locks, lasting, notes)


def transactions(
    batches: Sequence[Batch], first: Sequence[list[Step]], work: Work, tree: SqlTree, catalog: Catalog
) -> list[Transaction]:
    """The transactions of a deploy; `catalog` is what it will be after the migrations."""
    todo = [
        Transaction(
            batch.alone,
            [*locks, *(steps.migration_step(m, together=not batch.alone) for m in batch.migrations)],
        )
        for batch, locks in zip(batches, first, strict=True)
    ]
    todo[-1].steps.extend(steps.final_steps(work, tree, catalog).in_order)
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
