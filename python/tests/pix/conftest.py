"""Marketplaces for the tests of PIX, with every provider of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve_db.sqltest.bench import Bench
from tests.pix.providers import MercadoPagoSide, OpenPixSide, Side, StripeSide
from tests.refunds.stay import Town
from tests.story import Marketplace


@pytest.fixture(
    scope="package", params=[OpenPixSide, MercadoPagoSide, StripeSide], ids=lambda side: side.name
)
def side(
    bench: Bench, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Side]:
    """Each provider in turn, around a marketplace of its own."""
    folder = tmp_path_factory.mktemp("pix")
    with bench.cloned() as clone, Marketplace(clone.dsn, folder, pix=True) as market:
        yield request.param(Town(market, clone.dsn))


@pytest.fixture
def town(side: Side) -> Town:
    return side.town


@pytest.fixture(autouse=True)
def the_books_keep_their_rules(town: Town) -> Iterator[None]:
    """After each test, over all bookings."""
    yield
    assert town.market.value("select ledger.verify() -> 'violations'") == []
