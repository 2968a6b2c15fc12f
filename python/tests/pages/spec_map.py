"""docs/spec-map.md: every name of the source documents, and where it lives or that it is missing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pages.catalog import Catalog, Index
from tests.pages.markdown import code, codes, heading, page, sentence, table

NAMES = Path(__file__).parents[3] / "docs" / "spec-names.json"
INTRODUCTION = """\
The names of the documents that this database was built from, and where each lives: tables, columns, types and
their values, functions, error codes, events, changes of state, indexes. The names are kept in
[spec-names.json](spec-names.json); whether they are here was looked up in a deployed database. A column has
its own name in the relation, unless the table says otherwise. Money is in integer minor units everywhere, and
what several documents name is here once: a payment, whatever it pays for, is a row of `payments.payments`."""
HERE, MISSING = "here", "**missing**"


@dataclass(frozen=True)
class Name:
    """A name, its cells in the table of its kind, what is missing of it; parts are its columns or values."""

    document: str
    kind: str
    name: str
    cells: tuple[str, ...]
    missing: str
    remark: str = ""
    parts: int = 0
    missing_parts: int = 0


HEADS = {
    "Tables": ("Lives in", "Columns", "Renamed"),
    "Types": ("Lives in", "Values"),
    "Functions": ("Lives in", "Parameters", "Who may execute it"),
    "Error codes": ("HTTP status",),
    "Events": ("Lives in",),
    "Changes of state": (),
    "Indexes": ("Columns", "Where", "Served by"),
}
PARTS = {"Tables": "Columns", "Types": "Values"}


def spec_map(catalog: Catalog) -> str:
    known = json.loads(NAMES.read_text())
    names = list(_names(catalog, known))
    documents: dict[str, str] = known["documents"]
    sections = (_section(kind, [name for name in names if name.kind == kind]) for kind in HEADS)
    return page(
        "Where the documents' names live",
        INTRODUCTION,
        table(("Document", "About"), documents.items()),
        heading(2, "Summary"),
        table(("What", "Named", "Here", "Missing"), _summary(names)),
        *(part for section in sections for part in section),
    )


def _names(catalog: Catalog, known: dict[str, Any]) -> Iterator[Name]:
    yield from (_table(catalog, entry) for entry in known["tables"])
    yield from (_type(catalog, entry) for entry in known["enums"])
    yield from (_function(catalog, entry) for entry in known["functions"])
    yield from (_error(catalog, entry) for entry in known["errors"])
    yield from (_event(catalog, entry) for entry in known["events"])
    yield from (change for entry in known["transitions"] for change in _changes(catalog, entry))
    yield from (_index(catalog, entry) for entry in known["indexes"])


def _section(kind: str, names: list[Name]) -> list[str]:
    head = ("Document", "Name", *HEADS[kind], "State", "Remark")
    rows = ((n.document, code(n.name), *n.cells, n.missing or HERE, sentence(n.remark)) for n in names)
    return [heading(2, kind), table(head, rows)]


def _summary(names: Iterable[Name]) -> list[tuple[str, ...]]:
    named: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for name in names:
        named[name.kind] += 1
        missing[name.kind] += bool(name.missing) and name.missing_parts == 0
        if name.kind in PARTS:
            named[PARTS[name.kind]] += name.parts
            missing[PARTS[name.kind]] += name.missing_parts or (name.parts if name.missing else 0)
    return [
        (kind, str(named[kind]), str(named[kind] - missing[kind]), str(missing[kind] or "")) for kind in named
    ]


def _table(catalog: Catalog, entry: dict[str, Any]) -> Name:
    relation, renamed = entry["relation"], entry.get("renamed", {})
    columns = {c.name for c in catalog.columns if c.relation == relation}
    wanted = entry["columns"]
    absent = [name for name in wanted if renamed.get(name, name) not in columns] if columns else []
    cells = (code(relation), codes(wanted), ", ".join(f"`{old}` is `{new}`" for old, new in renamed.items()))
    return Name(
        entry["document"],
        "Tables",
        entry["name"],
        cells,
        _without(absent) if columns else _no_module(catalog, relation),
        entry.get("remark", ""),
        len(wanted),
        len(absent),
    )


def _type(catalog: Catalog, entry: dict[str, Any]) -> Name:
    found = [enum for enum in catalog.enums if enum.label == entry["type"]]
    absent = [value for value in entry["values"] if value not in found[0].values] if found else []
    return Name(
        entry["document"],
        "Types",
        entry["name"],
        (code(entry["type"]), codes(entry["values"])),
        _without(absent) if found else _no_module(catalog, entry["type"]),
        entry.get("remark", ""),
        len(entry["values"]),
        len(absent),
    )


def _function(catalog: Catalog, entry: dict[str, Any]) -> Name:
    found = [function for function in catalog.functions if function.label == entry["function"]]
    names = found[0].names if found else []
    absent = [name for name in entry["parameters"] if f"p_{name}" not in names] if found else []
    return Name(
        entry["document"],
        "Functions",
        entry["name"],
        (code(entry["function"]), codes(entry["parameters"]), ", ".join(found[0].callers) if found else ""),
        _without(absent) if found else MISSING,
        entry.get("remark", ""),
    )


def _error(catalog: Catalog, entry: dict[str, Any]) -> Name:
    status = {error.code: str(error.status) for error in catalog.errors}
    name = entry["name"]
    return Name(
        entry["document"], "Error codes", name, (status.get(name, ""),), "" if name in status else MISSING
    )


def _event(catalog: Catalog, entry: dict[str, Any]) -> Name:
    """An event is here once the table of events is, and a value or a check of its names knows it."""
    relation, column = "analytics.funnel_events", "event_name"
    known = {value for enum in catalog.enums if enum.module == "analytics" for value in enum.values} | {
        value
        for constraint in catalog.constraints
        if constraint.relation == relation and constraint.columns == [column]
        for value in re.findall(r"'(\w+)'", constraint.definition)
    }
    name = entry["name"]
    missing = "" if name in known else _no_module(catalog, relation)
    return Name(entry["document"], "Events", name, (code(f"{relation}.{column}"),), missing)


def _changes(catalog: Catalog, entry: dict[str, Any]) -> Iterator[Name]:
    known = {(t.machine, t.from_state, t.to_state) for t in catalog.transitions}
    for old, new in entry["changes"]:
        missing = "" if (entry["machine"], old, new) in known else MISSING
        yield Name(entry["document"], "Changes of state", f"{entry['machine']}: {old} → {new}", (), missing)


def _index(catalog: Catalog, entry: dict[str, Any]) -> Name:
    relation, columns = entry["relation"], entry["columns"]
    serving = [
        index.name for index in catalog.indexes if index.relation == relation and _serves(index, entry)
    ]
    kind = " ".join(
        word for word in ("unique" if entry.get("unique") else "", entry.get("method", "")) if word
    )
    return Name(
        entry["document"],
        "Indexes",
        relation,
        (f"{codes(columns)} {kind}".strip(), code(entry.get("where", "")), codes(serving[:1])),
        "" if serving else _no_module(catalog, relation),
    )


def _serves(index: Index, entry: dict[str, Any]) -> bool:
    """Its first columns are the wanted ones, and it holds at least the wanted rows."""
    columns = [re.sub(r" (?:ASC|DESC|NULLS \w+)", "", column) for column in index.columns]
    wanted = entry["columns"]
    narrower = index.predicate and _bare(index.predicate) not in (
        _bare(entry.get("where", "")),
        _bare(f"{wanted[0]} is not null"),
    )
    if entry.get("unique"):
        return index.is_unique and set(columns) == set(wanted) and not narrower
    return index.method == entry.get("method", "btree") and columns[: len(wanted)] == wanted and not narrower


def _bare(predicate: str) -> str:
    return re.sub(r"::\S+|[()\s]", "", predicate).lower()


def _no_module(catalog: Catalog, label: str) -> str:
    module = label.partition(".")[0]
    is_built = any(known.name == module for known in catalog.modules)
    return MISSING if is_built else f"{MISSING}, as its module `{module}` is"


def _without(names: list[str]) -> str:
    return f"{MISSING}: {codes(names)}" if names else ""
