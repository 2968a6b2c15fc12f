"""docs/schema.md: tables, the rules they state, and a diagram for each module."""

from __future__ import annotations

import re
from itertools import chain

from tests.pages.catalog import Catalog, Column, Constraint, Module, Relation
from tests.pages.markdown import bullets, code, codes, fence, heading, page, sentence, table

INTRODUCTION = """\
The tables of each module, with the rules they state as constraints: these hold for every writer. Amounts are
integers in minor units. Every table has row-level security; nobody but functions of the database writes, and
clients read through the schema `api`. A diagram shows keys and references; references to `core.cities` and
`core.currencies`, which most tables have, are not drawn."""
EVERYWHERE = ("core.cities", "core.currencies")


def schema(catalog: Catalog) -> str:
    contents = bullets(f"[{m.name}](#{m.name}): {m.comment}" for m in catalog.modules)
    parts = (part for module in catalog.modules for part in _module(catalog, module))
    return page("Schema", INTRODUCTION, contents, *parts)


def _module(catalog: Catalog, module: Module) -> list[str]:
    relations = [r for r in catalog.relations if r.module == module.name]
    tables = [r for r in relations if not r.is_view]
    enums = [(code(e.name), codes(e.values)) for e in catalog.enums if e.module == module.name]
    return [
        heading(2, module.name),
        sentence(module.comment),
        fence("mermaid", diagram(catalog, tables)) if tables else "",
        table(("Type", "Values"), enums),
        *(part for relation in relations for part in _relation(catalog, relation)),
    ]


def _relation(catalog: Catalog, relation: Relation) -> list[str]:
    label = relation.label
    columns = [c for c in catalog.columns if c.relation == label]
    constraints = [c for c in catalog.constraints if c.relation == label]
    return [
        heading(3, label),
        sentence(relation.comment),
        f"A view; {codes(relation.readers)} may read it." if relation.is_view else "",
        table(
            ("Column", "Type", "Null", "Default", "Meaning"),
            (
                (
                    code(c.name),
                    _type(c, relation.module),
                    "yes" if c.is_nullable and not relation.is_view else "",
                    code(_plain(c.default)),
                    c.comment,
                )
                for c in columns
            ),
        ),
        table(("Rule", "States"), [*_rules(constraints), *_unique_indexes(catalog, label)]),
        table(
            ("Reference", "To", "On delete"),
            ((codes(c.columns), code(c.target), _on_delete(c)) for c in constraints if c.kind == "f"),
        ),
    ]


def _type(column: Column, module: str) -> str:
    plain = column.type.removeprefix(f"{module}.").removesuffix(" without time zone")
    return plain.replace("timestamp with time zone", "timestamptz")


def _rules(constraints: list[Constraint]) -> list[tuple[str, str]]:
    """The primary key first."""
    rules = [c for c in constraints if c.kind != "f"]
    rules.sort(key=lambda c: c.kind != "p")
    return [(_title(c), code(_plain(c.definition))) for c in rules]


def _unique_indexes(catalog: Catalog, relation: str) -> list[tuple[str, str]]:
    return [
        (_spoken(index.name), code(_plain(f"unique {index.definition.removeprefix('btree ')}")))
        for index in catalog.indexes
        if index.relation == relation and index.is_unique and not index.constraint
    ]


def _title(constraint: Constraint) -> str:
    """Its name, unless PostgreSQL made that up."""
    if constraint.kind == "p":
        return "primary key"
    return "unique" if constraint.name.endswith("_key") else _spoken(constraint.name)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _plain(definition: str) -> str:
    """In lower case, and without the casts and brackets that PostgreSQL adds to what was written."""
    parts = re.split(r"('[^']*'(?:::[\w.]+(?: with(?:out)? time zone)?)?)", definition)
    parts[::2] = (re.sub(r"\s+", " ", part.lower()) for part in parts[::2])
    parts[1::2] = (part.partition("'::")[0].rstrip("'") + "'" for part in parts[1::2])
    plain = re.sub(r"\('?(-?[\d.]+)'?\)::(?:numeric|double precision)", r"\1", "".join(parts))
    plain = re.sub(r"= any \(array\[([^\]]*)\]\)", r"in (\1)", plain)
    return re.sub(r"^(check|(?:unique .*)?where) \(\((.*)\)\)$", r"\1 (\2)", plain)


def _on_delete(constraint: Constraint) -> str:
    found = re.search(r"ON DELETE (\w+(?: NULL)?)", constraint.definition)
    return found[1].lower() if found else "refused"


def diagram(catalog: Catalog, tables: list[Relation]) -> str:
    """Mermaid: the keys of the tables, and what they refer to."""
    own = {table.label for table in tables}
    references = [
        c for c in catalog.constraints if c.kind == "f" and c.relation in own and c.target not in EVERYWHERE
    ]
    far = sorted({c.target for c in references} - own)
    boxes = (_box(catalog, t) for t in tables)
    names = [f'  {_entity(label)}["{label}"]' for label in far]
    return "\n".join(
        ["erDiagram", *chain.from_iterable(boxes), *names, *(_line(catalog, c) for c in references)]
    )


def _box(catalog: Catalog, relation: Relation) -> list[str]:
    constraints = [c for c in catalog.constraints if c.relation == relation.label]
    primary = {column for c in constraints if c.kind == "p" for column in c.columns}
    foreign = {column for c in constraints if c.kind == "f" for column in c.columns}
    lines = []
    for column in catalog.columns:
        if column.relation == relation.label and column.name in primary | foreign:
            keys = [key for key, columns in (("PK", primary), ("FK", foreign)) if column.name in columns]
            kind = re.sub(r"\W+", "_", _type(column, relation.module))
            lines.append(f"    {kind} {column.name} {', '.join(keys)}")
    return [f'  {_entity(relation.label)}["{relation.name}"] {{', *lines, "  }"]


def _line(catalog: Catalog, reference: Constraint) -> str:
    """Many or one of ours to one, or perhaps none, of theirs."""
    nullable = {c.name for c in catalog.columns if c.relation == reference.relation and c.is_nullable}
    unique = any(
        i.relation == reference.relation
        and i.is_unique
        and not i.predicate
        and set(i.columns) <= set(reference.columns)
        for i in catalog.indexes
    )
    ours, theirs = "|o" if unique else "}o", "o|" if nullable & set(reference.columns) else "||"
    link = f"{_entity(reference.relation)} {ours}--{theirs} {_entity(reference.target)}"
    return f'  {link} : "{", ".join(reference.columns)}"'


def _entity(label: str) -> str:
    return label.replace(".", "_")
