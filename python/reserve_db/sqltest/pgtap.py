"""Where pgTAP comes from: a plain SQL file that any server can load, or the server's own extension."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

PACKAGE = Path("node_modules/@electric-sql/pglite-pgtap/dist/pgtap.tar.gz")
OLDEST = (1, 2)


class PgtapMissingError(RuntimeError):
    """There is no pgTAP to load."""


def load_pgtap(connection: psycopg.Connection, near: Path) -> None:
    """Loads pgTAP into the connection's database.

    It is taken from RESERVE_PGTAP (a .sql or .tar.gz file), from the npm package in a node_modules folder
    here or above `near`, or from the server, where pgTAP 1.2 or later is installed.
    """
    source = _source(near)
    if source is not None:
        connection.execute(_script(source).encode())
        return
    offered = connection.execute("select default_version from pg_available_extensions where name = 'pgtap'")
    row = offered.fetchone()
    if row is None or tuple(map(int, row[0].split(".")[:2])) < OLDEST:
        raise PgtapMissingError(
            f"pgTAP {'.'.join(map(str, OLDEST))} or later is needed, and there is none: run `npm install`"
            " (it brings @electric-sql/pglite-pgtap), set RESERVE_PGTAP to a pgtap.sql or pgtap.tar.gz,"
            " or install the pgtap extension on the server"
        )
    connection.execute("create extension if not exists pgtap")


def _source(near: Path) -> Path | None:
    chosen = os.environ.get("RESERVE_PGTAP")
    if chosen:
        if not Path(chosen).is_file():
            raise PgtapMissingError(f"RESERVE_PGTAP names {chosen}, which is not a file")
        return Path(chosen)
    return next((path for path in _packages(near) if path.is_file()), None)


def _packages(near: Path) -> Iterator[Path]:
    for start in (Path.cwd(), near.absolute()):
        for folder in (start, *start.parents):
            yield folder / PACKAGE


def _script(source: Path) -> str:
    if source.suffix == ".sql":
        return source.read_text()
    with tarfile.open(source) as archive:
        for name in archive.getnames():
            content = archive.extractfile(name) if re.search(r"/pgtap--[0-9.]+\.sql$", name) else None
            if content is not None:
                return content.read().decode()
    raise PgtapMissingError(f"{source} holds no pgtap--<version>.sql")
