"""All pages, from a deployed database."""

from __future__ import annotations

from pathlib import Path

from reserve_db.sqltree import SqlTree
from tests.pages.catalog import Catalog
from tests.pages.errors import errors
from tests.pages.examples import Guide
from tests.pages.rpc import rpc
from tests.pages.schema import schema
from tests.pages.sources import Sources
from tests.pages.spec_map import spec_map
from tests.pages.state_machines import state_machines

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = ("errors.md", "rpc.md", "schema.md", "spec-map.md", "state-machines.md")


def pages(catalog: Catalog, guide: Guide) -> dict[str, str]:
    """Contents by file name."""
    sources = Sources(SqlTree(ROOT / "sql"))
    texts = (
        errors(catalog, sources, guide.refusal),
        rpc(catalog, sources, guide.examples),
        schema(catalog),
        spec_map(catalog),
        state_machines(catalog),
    )
    return dict(zip(PAGES, texts, strict=True))
