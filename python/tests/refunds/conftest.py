"""One marketplace for the tests of a module; each has nights of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve_db.sqltest.bench import Bench
from tests.refunds.stay import Town
from tests.story import Marketplace


@pytest.fixture(scope="module")
def town(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with bench.cloned() as clone, Marketplace(clone.dsn, tmp_path_factory.mktemp("refunds")) as market:
        yield Town(market, clone.dsn)


@pytest.fixture(autouse=True)
def the_books_keep_their_rules(town: Town) -> Iterator[None]:
    """After each test, over all bookings; and no deposit is left where a booking has ended."""
    yield
    assert town.market.value("select ledger.verify() -> 'violations'") == []
    left = """
        select i.id from lodging.booking_intents as i
        join ledger.ledger_entries as e on e.booking_id = i.id and e.account = 'customer_deposits'
        left join lodging.reservations as r on r.id = i.id
        where coalesce(r.status::text, 'none') in
            ('none', 'refunded', 'cancelled', 'completed', 'payout_pending', 'paid_out')
          and not payments.awaits_refund(i.id)
        group by i.id
        having sum(case e.direction when 'debit' then e.amount else -e.amount end) <> 0
    """
    assert town.market.rows(left) == []
