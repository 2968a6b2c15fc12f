"""docs/errors.md: every code, what it means, what to do, and who raises it."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby

from reserve_db.serve.errors import OWN_CODES
from reserve_db.serve.functions import PAYMENT_STARTS
from tests.pages.catalog import Catalog, Error, Function
from tests.pages.examples import Refusal
from tests.pages.markdown import bullets, code, codes, fence, heading, page, pretty, table
from tests.pages.sources import Sources

INTRODUCTION = """\
Every error that a caller can cause has a code of this catalog (`core.error_catalog()`), an HTTP status, one
sentence, facts in its details, and a hint. Rely on the code and the facts; sentences may change.
`INTERNAL_ERROR` says nothing but the id under which the logs have the rest. Who may not execute a function at
all is told so by PostgreSQL (42501), which becomes `UNAUTHORIZED` for guests and `FORBIDDEN` for others."""
SHAPES = (
    "PostgREST (and supabase-js as `error`) tells it like this; `details` is JSON in a string:",
    "`reserve-db serve` tells the same in its envelope:",
)


def errors(catalog: Catalog, sources: Sources, refusal: Refusal) -> str:
    by_status = sorted(catalog.errors, key=lambda error: error.status)
    rows = ((f"[{e.code}](#{e.code.lower()})", str(e.status), e.message) for e in by_status)
    sections = [
        part
        for status, found in groupby(by_status, lambda error: error.status)
        for part in _status(catalog, sources, status, list(found))
    ]
    return page(
        "Errors",
        INTRODUCTION,
        SHAPES[0],
        fence("json", pretty(refusal.by_postgrest)),
        SHAPES[1],
        fence("json", pretty(refusal.example.answer)),
        table(("Code", "HTTP status", "Meaning"), rows),
        *sections,
    )


def _status(catalog: Catalog, sources: Sources, status: int, found: list[Error]) -> list[str]:
    title = heading(2, f"{status} {HTTPStatus(status).phrase}")
    return [title, *(part for error in found for part in _error(catalog, sources, error))]


def _error(catalog: Catalog, sources: Sources, error: Error) -> list[str]:
    offered = [function for function in catalog.functions if function.module == "api"]
    met = [function.name for function in offered if error.code in failures(function, sources)]
    raising = sorted(source.name for source in sources if error.code in source.raised | source.promised)
    raising += ["reserve-db serve"] if error.code in OWN_CODES else []
    facts = [
        f"Meaning: {error.message}",
        f"What to do: {error.hint}",
        f"Met in: {', '.join(f'[{name}](rpc.md#{name})' for name in met)}." if met else "",
        f"Raised by: {codes(raising)}." if raising else "Not raised by anything yet.",
    ]
    return [heading(3, error.code), bullets(fact for fact in facts if fact)]


def failures(function: Function, sources: Sources) -> set[str]:
    """How a function of schema api fails, called by whichever way clients call it."""
    of_stripe = {"PAYMENT_FAILED"} if function.name in PAYMENT_STARTS else set()
    return sources.codes(sources.behind(function.label).name) | of_stripe


def link(error_code: str) -> str:
    return f"[{code(error_code)}](errors.md#{error_code.lower()})"
