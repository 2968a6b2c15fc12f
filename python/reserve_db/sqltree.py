"""The folder of SQL files that make up the database.

`MODULES` names the schemas in deploy order; beside it lie `migrations` (facts, applied once), `functions`
(behaviour, one current copy each; `_views*.sql` are views) and `policies` (what guards each table).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_CREATED = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?(?:materialized\s+)?(function|procedure|aggregate|view)\s+"
    r"(?:if\s+not\s+exists\s+)?(\w+\.\w+)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class SqlTreeError(Exception):
    """The folder does not have the shape it must have."""


@dataclass(frozen=True)
class SqlFile:
    """One file: `name` is its path below the tree, with forward slashes."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def code(self) -> str:
        """The text without comments: good for looking for words, not for execution."""
        return _COMMENT.sub(" ", self.text)

    @cached_property
    def functions(self) -> frozenset[str]:
        """Qualified names of the functions, procedures and aggregates this file creates."""
        return frozenset(name.lower() for kind, name in _CREATED.findall(self.code) if kind.lower() != "view")

    @cached_property
    def views(self) -> frozenset[str]:
        """Qualified names of the views this file creates."""
        return frozenset(name.lower() for kind, name in _CREATED.findall(self.code) if kind.lower() == "view")

    @property
    def is_view(self) -> bool:
        """Does it hold views, which are only made again when they changed?"""
        return self.path.name.startswith("_views")

    @property
    def rollback(self) -> SqlFile:
        """What undoes this migration, in a file beside it that may be missing."""
        name = self.name.removesuffix(".sql") + ".rollback.sql"
        return SqlFile(self.path.with_suffix(".rollback.sql"), name)

    @property
    def relation(self) -> str:
        """`module.table`, for a guard file `policies/module/table.sql`."""
        return f"{self.path.parent.name}.{self.path.stem}"


class SqlTree:
    """The files below `root`, in the order in which a deploy takes them."""

    def __init__(self, root: Path) -> None:
        if not (root / "MODULES").is_file():
            raise SqlTreeError(f"{root} is not a tree of SQL files: it has no MODULES file")
        lines = (root / "MODULES").read_text(encoding="utf-8").splitlines()
        self.root = root
        self.modules = [name for line in lines if (name := line.partition("#")[0].strip())]
        for part in ("functions", "policies"):
            for folder in sorted((root / part).glob("*/")):
                if folder.name not in self.modules:
                    raise SqlTreeError(f"{part}/{folder.name} is not a module: MODULES does not name it")

        self.migrations = [f for f in self._files("migrations") if not f.name.endswith(".rollback.sql")]
        self.functions: list[SqlFile] = []
        self.views: list[SqlFile] = []
        guards: list[SqlFile] = []
        for module in self.modules:
            behaviour = self._files(f"functions/{module}")
            behaviour.sort(key=lambda file: file.path.name != "_shared.sql")
            self.functions += [file for file in behaviour if not file.is_view]
            self.views += [file for file in behaviour if file.is_view]
            guards += self._files(f"policies/{module}")
        self.guards = sorted(guards, key=lambda file: file.relation)

    @classmethod
    def packaged(cls) -> SqlTree:
        """The tree that belongs to this package: inside the wheel, or the checkout's `sql`."""
        package = Path(__file__).resolve().parent
        wheel = package / "sql"
        return cls(wheel if wheel.is_dir() else package.parents[1] / "sql")

    @classmethod
    def at(cls, path: Path | None) -> SqlTree:
        """The tree at `path`, or the packaged one."""
        return cls(path.resolve()) if path else cls.packaged()

    def _files(self, folder: str) -> list[SqlFile]:
        return [SqlFile(path, f"{folder}/{path.name}") for path in sorted((self.root / folder).glob("*.sql"))]
