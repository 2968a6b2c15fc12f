"""The generated pages are what `make docs` would write now, and what they say can be followed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import pytest

from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltree import SqlTree
from tests.pages.catalog import Catalog
from tests.pages.examples import SCHEMAS, Guide, Masks, examples
from tests.pages.generate import DOCS, PAGES, ROOT, pages
from tests.pages.markdown import pretty, table
from tests.pages.rpc import REPEATING
from tests.pages.sources import Source, Sources
from tests.pages.spec_map import NAMES

GENERATED_ON = 18
SOURCES = Sources(SqlTree(ROOT / "sql"))


@pytest.fixture(scope="module")
def clone(bench: Bench, pg_major: int) -> Iterator[Clone]:
    if pg_major != GENERATED_ON:
        pytest.skip(f"the pages are generated on PostgreSQL {GENERATED_ON}")
    with bench.cloned() as clone:
        yield clone


@pytest.fixture(scope="module")
def guide(clone: Clone) -> Guide:
    return examples(clone)


@pytest.fixture(scope="module")
def catalog(clone: Clone) -> Iterator[Catalog]:
    with clone.connect(autocommit=True) as connection:
        yield Catalog(connection)


@pytest.fixture(scope="module")
def generated(catalog: Catalog, guide: Guide) -> dict[str, str]:
    return pages(catalog, guide)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(generated: dict[str, str], name: str) -> None:
    path = DOCS / name
    assert path.exists(), f"docs/{name} is missing: run `make docs`"
    old, new = path.read_text().splitlines(), generated[name].splitlines()
    changes = list(islice(unified_diff(old, new, "checked in", "generated now", n=0, lineterm=""), 20))
    if changes:
        pytest.fail("\n".join([f"docs/{name} is out of date: run `make docs`", *changes]), pytrace=False)


def test_every_function_for_clients_has_an_example(catalog: Catalog, guide: Guide) -> None:
    names = {function.name for function in catalog.functions if function.module == "api"}
    assert names - guide.examples.keys() == set(), "let the story in python/tests/pages/examples.py call them"


def test_every_writing_function_says_what_a_second_call_does(catalog: Catalog) -> None:
    writing = {f.name for f in catalog.functions if f.module == "api" and f.volatility == "volatile"}
    assert writing ^ REPEATING.keys() == set(), "see REPEATING in python/tests/pages/rpc.py"


def test_functions_fail_with_codes_of_the_catalog(catalog: Catalog) -> None:
    known = {error.code for error in catalog.errors}
    named = {source.name: source.raised | source.promised for source in SOURCES}
    assert {name: unknown for name, found in named.items() if (unknown := found - known)} == {}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([\w./-]*)#?([\w-]*)\)", (DOCS / page).read_text()):
        path = DOCS / (target or page)
        assert path.exists(), f"{page} links to {target}"
        assert not anchor or anchor in anchors(path), f"{page} links to {target}#{anchor}"


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_schemas_are_checked_by_the_examples(guide: Guide) -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} <= guide.examples.keys()


def test_each_name_of_the_documents_is_named_once() -> None:
    known = json.loads(NAMES.read_text())
    relations = {entry["relation"] for entry in known["tables"]}
    assert {entry["relation"] for entry in known["indexes"]} <= relations
    for kind, entries in known.items():
        if isinstance(entries, list):
            assert {entry["document"] for entry in entries} <= known["documents"].keys()
            assert len({json.dumps(entry) for entry in entries}) == len(entries), kind


def test_a_comment_tells_purpose_caller_and_failures() -> None:
    source = Source(
        "toys.sell",
        "Sell a toy. Gives it away. Who: everybody. Locks: the toy. Fails with: NOT_FOUND, as wrap; 23514.",
        "perform core.require('x', true); perform toys.wrap(1); perform core.raise('FORBIDDEN');",
    )
    assert source.purpose == "Sell a toy. Gives it away."
    assert source.who == "everybody"
    assert source.promised == {"NOT_FOUND"}
    assert source.fails_as == {"toys.wrap"}
    assert source.raised == {"MISSING_REQUIRED_FIELD", "FORBIDDEN"}


def test_masks_keep_what_belongs_together() -> None:
    masks = Masks()
    id_a, id_b = "0199aaaa-0000-7000-8000-00000000000a", "0199aaaa-0000-7000-8000-00000000000b"
    masked = masks({"id": id_a, "key": f"{id_a}:1", "other": id_b, "at": "2001-01-01T00:00:00+00:00"})
    assert masked["key"] == f"{masked['id']}:1"
    assert masked["other"] != masked["id"]
    assert masked["at"] == "2001-01-01T00:00:00+00:00"


def test_json_breaks_only_where_it_must() -> None:
    assert pretty({"a": [1, 2], "b": {}}) == '{"a": [1, 2], "b": {}}'
    assert pretty({"a": ["x" * 50, "y" * 50]}).splitlines()[1:] == [
        '  "a": [',
        f'    "{"x" * 50}",',
        f'    "{"y" * 50}"',
        "  ]",
        "}",
    ]


def test_tables_leave_out_empty_columns() -> None:
    assert table(("A", "B"), [("x|y", ""), ("z", "")]) == "| A |\n| --- |\n| x\\|y |\n| z |"
