"""Bad arguments, by type: each has a word that says what it is, and a text that stands for it in JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.badinput.world import Caller, World

Bad = tuple[str, str]

# Letters that do not compress: what is long stays long, also in an index.
HUGE_TEXT = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1_000_000))
DEEP = 2_000
SHAPES: dict[str, str] = {
    "null": "null",
    "true": "true",
    "a number": "7",
    "an empty text": '""',
    "a text": '"x"',
    "an empty list": "[]",
    "a list": '[null, 1, "x", [], {}]',
    "an empty object": "{}",
    "an object": '{"id": {"id": null}, "x": [1]}',
}
TEXTS: dict[str, str] = {
    "blanks": json.dumps(" \t\n"),
    "fifteen characters": json.dumps("x" * 15),
    "101 characters": json.dumps("x" * 101),
    "300 characters": json.dumps("é" * 300),
    "a megabyte": json.dumps(HUGE_TEXT),
    "a control character": r'"\u0001\u001b\u007f"',
    "a NUL": r'"a\u0000b"',
    "a lone surrogate": r'"\ud800"',
    "other scripts": json.dumps("مرحبا 👩‍👩‍👧 \u202e\ufeff\ufffd"),
    "SQL": json.dumps("'; drop table core.outbox; --"),
    "a format": json.dumps("%s %I %n {0} \\"),
    "a path": json.dumps("../../etc/passwd"),
    "a pattern": json.dumps("%_%((((.*.*)*"),
    "infinity": '"infinity"',
    "NaN": '"NaN"',
}
NUMBERS: dict[str, str] = {
    "zero": "0",
    "minus one": "-1",
    "a half": "0.5",
    "a billion": "1000000000",
    "2^31": str(2**31),
    "2^63 - 1": str(2**63 - 1),
    "2^63": str(2**63),
    "-2^63": str(-(2**63)),
    "1e30": "1e30",
    "1e400": "1e400",
    "a number of 1000 digits": "9" * 1000,
    "an exponent nobody has": "1e999999999",
}
MOMENTS: dict[str, str] = {
    name: json.dumps(name)
    for name in (
        "-infinity",
        "0001-01-01",
        "4713-01-01 BC",
        "9999-12-31",
        "294276-12-31",
        "5874897-12-31",
        "2030-02-30",
        "2030-13-01",
        "2030-02-05T10:00:00+99",
        "today",
        "epoch",
        "allballs",
    )
}
LISTS: dict[str, str] = {
    "a list of lists": '[["a"], ["b"]]',
    "ragged lists": '[["a"], ["b", "c"]]',
    "100,000 items": json.dumps(["x"] * 100_000),
    "an array of PostgreSQL": '"{a,b}"',
}
DOCUMENTS: dict[str, str] = {
    "a deep list": "[" * DEEP + "]" * DEEP,
    "a deep object": '{"a":' * DEEP + "1" + "}" * DEEP,
    "10,000 keys": json.dumps({f"key {number}": number for number in range(10_000)}),
    "a key that is a NUL": r'{"\u0000": 1}',
    "a key twice": '{"id": 1, "id": 2}',
    "half a document": '"{\\"id\\": "',
}
UUIDS: dict[str, str] = {
    "nobody's id": '"018f3a5e-7c1e-7000-8000-000000000001"',
    "the id of zeros": '"00000000-0000-0000-0000-000000000000"',
    "an id in braces": '"{018F3A5E-7C1E-7000-8000-000000000001}"',
}


def bad_values(type_name: str) -> dict[str, str]:
    """What an argument of this type may be replaced with; much of it is of no such type."""
    values = {**SHAPES, **TEXTS, **NUMBERS}
    if type_name in ("date", "timestamp with time zone"):
        values |= MOMENTS
    elif type_name.endswith("[]"):
        values |= LISTS
    elif type_name == "jsonb":
        values |= DOCUMENTS
    elif type_name == "uuid":
        values |= UUIDS
    return values


def others_things(type_name: str, caller: Caller, world: World) -> Iterator[Bad]:
    """Whatever a uuid or a text can name: the caller's and others', of every kind and in every state."""
    for thing in world.things_near(caller):
        if type_name == ("uuid" if thing.is_id else "text"):
            yield f"{thing.label} of {thing.owner or thing.city}", json.dumps(thing.name)


INSIDE = {
    **{name: text for name, text in SHAPES.items() if not name.startswith("a list")},
    **{name: NUMBERS[name] for name in ("minus one", "a half", "2^63", "1e30")},
    "long": json.dumps(HUGE_TEXT[:100_000]),
    "nobody's id": UUIDS["nobody's id"],
    "infinity": '"infinity"',
}


def bad_documents(good: Any, where: str = "$") -> Iterator[Bad]:
    """A good document with one place spoilt: each key left out, each value replaced, a key too many."""
    if isinstance(good, dict):
        texts = {key: json.dumps(value) for key, value in good.items()}
        yield f"{where} with a key too many", _object({**texts, "surplus": "1"})
        for key, value in good.items():
            yield f"{where}.{key} left out", _object({k: t for k, t in texts.items() if k != key})
            for name, text in INSIDE.items():
                yield f"{where}.{key}: {name}", _object({**texts, key: text})
            for place, text in bad_documents(value, f"{where}.{key}"):
                yield place, _object({**texts, key: text})
    elif isinstance(good, list):
        for name, text in INSIDE.items():
            yield f"{where}[]: {name}", f"[{', '.join([*map(json.dumps, good), text])}]"


def _object(texts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in texts.items()) + "}"
