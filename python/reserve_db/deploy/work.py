"""What there is to do: which files must be applied again and why, and how migrations share transactions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reserve_db.deploy.catalog import Catalog, Difference, Key, is_client
from reserve_db.deploy.history import Migration
from reserve_db.sqltree import SqlFile, SqlTree

FUNCTIONS = "functions"
"""All function files together: they are re-applied as one."""

_GUARD_KINDS = frozenset({"row security", "policy", "trigger", "table grant to", "column grant to"})
_FUNCTION_KINDS = frozenset({"function", "function grant to"})
_VIEW_KINDS = frozenset({"view", "view grant to"})

_CONCURRENT_INDEX = re.compile(
    r"\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(\w+)\s+on\s+(?:only\s+)?(\w+)\.(\w+)",
    re.IGNORECASE,
)

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


def decided_by(key: Key, tree: SqlTree) -> SqlFile | str | None:
    """The file (or FUNCTIONS) that puts this object back when applied again; None for facts of migrations."""
    kind, parent, name = key
    if kind.endswith("grant to") and not is_client(name):
        return None
    if kind in _FUNCTION_KINDS:
        function = parent.partition("(")[0]
        by_migration = any(function in file.functions for file in tree.migrations)
        is_fact = by_migration and not any(function in file.functions for file in tree.functions)
        return None if is_fact else FUNCTIONS
    if kind in _VIEW_KINDS:
        return next((file for file in tree.views if parent in file.views), None)
    if kind in _GUARD_KINDS:
        return next((file for file in tree.guards if parent == file.relation), None)
    return None


@dataclass(frozen=True)
class Work:
    """What must be applied again, each with the reason."""

    functions: str | None
    suspects: frozenset[str]
    views: dict[SqlFile, str]
    guards: dict[SqlFile, str]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.functions or self.views or self.guards or self.removed)

    def covers(self, key: Key, tree: SqlTree) -> bool:
        """Does doing this work put that object back?"""
        unit = decided_by(key, tree)
        return self.functions is not None if unit == FUNCTIONS else unit in self.views or unit in self.guards

    @classmethod
    def find(
        cls,
        tree: SqlTree,
        hashes: Mapping[str, str],
        drift: Sequence[Difference],
        catalog: Catalog,
        *,
        migrated: bool,
    ) -> Work:
        """Compare files with their recorded hashes, and the catalog with what the last deploy left.

        `migrated`: a migration runs in this deploy, so functions are replaced in any case.
        """

        drifted: dict[SqlFile | str, str] = {}
        for difference in drift:
            if unit := decided_by(difference.key, tree):
                drifted.setdefault(unit, str(difference))

        present = {file.name for file in (*tree.functions, *tree.views, *tree.guards)}
        recorded = {name for name in hashes if not name.startswith("migrations/")}
        removed = sorted(recorded - present)
        changed = [file for file in tree.functions if _news(file, hashes)]
        gone = [name for name in removed if name.startswith("functions/")]

        functions = drifted.get(FUNCTIONS)
        if changed or gone:
            functions = f"{len(changed) + len(gone)} of {len(tree.functions)} files changed"
        elif migrated:
            functions = "a migration runs"

        def reasons(files: Sequence[SqlFile]) -> dict[SqlFile, str]:
            return {file: why for file in files if (why := _news(file, hashes) or drifted.get(file))}

        views = reasons(tree.views)
        for file in tree.views:
            if any(("view", view, "") not in catalog for view in file.views):
                views.setdefault(file, "a view is missing")
        suspects = {name for file in changed for name in file.functions}
        suspects |= {d.key[1].partition("(")[0] for d in drift if d.key[0] in _FUNCTION_KINDS}
        return cls(functions, frozenset(suspects), views, reasons(tree.guards), removed)


def _news(file: SqlFile, hashes: Mapping[str, str]) -> str | None:
    """What is new about a file since it was last applied."""
    if file.name not in hashes:
        return "the file is new"
    return None if hashes[file.name] == file.sha256 else "the file changed"


@dataclass(frozen=True)
class Batch:
    """Migrations that share a transaction; `alone`: a single one that cannot be in any."""

    migrations: list[Migration]
    alone: bool = False

    @property
    def facts(self) -> list[SqlFile]:
        """The files that run together in this transaction."""
        return [] if self.alone else [migration.file for migration in self.migrations]


def split(pending: Sequence[Migration], catalog: Catalog) -> list[Batch]:
    """The transactions of a deploy. The last may be empty: it also replaces functions and guards."""
    batches = [Batch([])]
    for migration in pending:
        if migration.transactional or fits_transaction(migration, catalog):
            batches[-1].migrations.append(migration)
        else:
            batches += [Batch([migration], alone=True), Batch([])]
    return [batch for batch in batches[:-1] if batch.migrations] + batches[-1:]


def fits_transaction(migration: Migration, catalog: Catalog) -> bool:
    """Does a non-transactional migration only index tables that this very deploy makes?"""
    tables = {("table", table, "") for _, table in concurrent_indexes(migration.file.code)}
    return bool(tables) and not tables & catalog.keys()


def concurrent_indexes(code: str) -> list[tuple[str, str]]:
    """(index, table) of each `create index concurrently` in this code, both with their schema."""
    return [
        (f"{schema}.{index}", f"{schema}.{table}") for index, schema, table in _CONCURRENT_INDEX.findall(code)
    ]


def without_dropped(catalog: Catalog, files: Iterable[SqlFile]) -> Catalog:
    """The catalog without what the text of these files drops; others put their own things back."""
    guards: set[tuple[str, str, str]] = set()
    objects: set[str] = set()
    for file in files:
        guards |= {(kind, table, name) for kind, name, table in _DROPS_GUARD.findall(file.code)}
        for names in _DROPS.findall(file.code):
            objects |= set(re.split(r"\s*,\s*", names))
        for names in _DROPS_FUNCTION.findall(file.code):
            objects |= set(re.findall(r"\w+\.\w+(?=\s*\()", names))
    return {
        key: definition
        for key, definition in catalog.items()
        if key not in guards and key[1].partition("(")[0] not in objects
    }
