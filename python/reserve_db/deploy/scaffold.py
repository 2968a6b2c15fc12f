"""A new migration file: the next number, and the head that says what a reader will want to know."""

from __future__ import annotations

import re
from pathlib import Path

from reserve_db.deploy.errors import DeployError
from reserve_db.sqltree import SqlTree

ALONE = """-- transactional: false
-- {title}. One statement that no transaction can hold. It says `if not exists`: it must bear repetition.
"""
TOGETHER = """-- {title}.
-- Locks: which tables, how strongly, and why that is short.
"""
ROLLBACK = """-- Undoes {name}. What is lost: which columns, which rows.
"""


def new(name: str, tree: SqlTree, *, alone: bool = False, rollback: bool = False) -> list[Path]:
    """Write `migrations/NNNN_name.sql`, and with `rollback` the file that undoes it. Raises DeployError."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    if not words:
        raise DeployError(f"{name!r} is no name for a file: use letters and digits")
    numbers = [int(number[0]) for file in tree.migrations if (number := re.match(r"\d+", file.path.name))]
    stem = f"{max(numbers, default=0) + 1:04}_{'_'.join(words)}"
    title = " ".join(words).capitalize()
    texts = {f"{stem}.sql": (ALONE if alone else TOGETHER).format(title=title)}
    if rollback:
        texts[f"{stem}.rollback.sql"] = ROLLBACK.format(name=f"{stem}.sql")
    paths = {tree.root / "migrations" / file: text for file, text in texts.items()}
    for path, text in paths.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(paths)
