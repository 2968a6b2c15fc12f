"""What the comments and bodies of the function files say and the catalog does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reserve_db.sqltree import SqlTree

FUNCTION = re.compile(
    r"(?P<comment>(?:^--[^\n]*\n)*)^create or replace function (?P<name>\w+\.\w+)"
    r"(?P<code>.*?)(?=^(?:--[^\n]*\n)*create or replace function |\Z)",
    re.MULTILINE | re.DOTALL,
)
WORDS = ("Who, what, fails with", "Locks, fails with", "Fails with", "Locks", "Who")
MARK = re.compile(rf"(?:^|(?<=[.;] ))({'|'.join(WORDS)}): ")
CODE = re.compile(r"\b(?:[A-Z]+(?:_[A-Z]+)+|UNAUTHORIZED|FORBIDDEN)\b")
SAME_AS = re.compile(r"\bas (?:(\w+)\.)?(\w+)\b")
RAISED = re.compile(r"\bcore\.raise\('(\w+)'")
RAISED_BY = {
    "core.require": "MISSING_REQUIRED_FIELD",
    "core.require_valid": "INVALID_PARAMETER",
    "core.raise_invalid_transition": "INVALID_TRANSITION",
}
CALLED = re.compile(r"\b(\w+\.\w+)\(")
# What callers of require_open meet depends on what they looked at before; they name it themselves.
GUARD = re.compile(r"access\.\w+|\w+\.(?:require|read|lock_own)_(?!open\b)\w+")


@dataclass(frozen=True)
class Source:
    """A function as its file has it."""

    name: str
    comment: str
    code: str

    @property
    def purpose(self) -> str:
        """What it is for, without who may, what it locks and how it fails."""
        return MARK.split(self.comment)[0].strip()

    @property
    def who(self) -> str:
        return self._said("Who")

    @property
    def promised(self) -> set[str]:
        """The codes its comment names."""
        return set(CODE.findall(self._said("Fails with", "Locks, fails with")))

    @property
    def fails_as(self) -> set[str]:
        """The functions it says it fails like."""
        module = self.name.partition(".")[0]
        named = SAME_AS.findall(self._said("Fails with", "Locks, fails with"))
        return {f"{of or module}.{function}" for of, function in named}

    @cached_property
    def raised(self) -> set[str]:
        """The codes its body raises."""
        return set(RAISED.findall(self.code)) | {
            code for helper, code in RAISED_BY.items() if helper in self.called
        }

    @cached_property
    def called(self) -> set[str]:
        """The functions of ours its body names, and others of that form."""
        return set(CALLED.findall(self.code)) - {self.name}

    def _said(self, *marks: str) -> str:
        """The words after one of the marks, up to the next mark."""
        parts = MARK.split(self.comment)
        said = dict(zip(parts[1::2], parts[2::2], strict=True))
        return next((said[mark].strip().rstrip(".") for mark in marks if mark in said), "")


class Sources:
    """The functions of the tree, by qualified name."""

    def __init__(self, tree: SqlTree) -> None:
        found = (match for file in tree.functions for match in FUNCTION.finditer(file.text))
        self._by_name = {
            match["name"]: Source(
                match["name"],
                " ".join(line.removeprefix("--").strip() for line in match["comment"].splitlines()),
                re.sub(r"--[^\n]*", "", match["code"]),
            )
            for match in found
        }

    def __iter__(self) -> Iterator[Source]:
        return iter(self._by_name.values())

    def behind(self, api_function: str) -> Source:
        """The function of a module that a function of schema api calls."""
        [called] = (name for name in self._by_name[api_function].called if not name.startswith("api."))
        return self._by_name[called]

    def codes(self, name: str) -> set[str]:
        """How a function fails: what it says, what it raises, and what the guards it calls do."""
        source = self._by_name[name]
        guards = {called for called in source.called if GUARD.fullmatch(called)}
        followed = (source.fails_as | guards) & self._by_name.keys()
        return (source.promised | source.raised).union(*(self.codes(other) for other in followed))
