"""Many visitors click at the same instant: nothing counts twice, no campaign pays more than its budget."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value

SPENT = "select coalesce(sum(cost), 0) from ads.ads_clicks where campaign_id = tests.id('lake')"
COUNTED = "select sum(cost) from ads.campaign_days where campaign_id = tests.id('lake')"


def start(connection: Connection, **terms: object) -> None:
    connection.execute("select tests.create_city('URB')")
    connection.execute("select tests.create_campaign('lake', %s)", [json.dumps(terms)])


def click(connection: Connection, n: int, event_id: str | None = None) -> Decimal:
    cost: Decimal = value(connection, "select tests.click('lake', %s, %s)", f"visitor {n}", event_id)
    return cost


@pytest.mark.parametrize("budget_type", ["total", "daily"])
def test_no_budget_is_overspent(db: Clone, budget_type: str) -> None:
    with db.connect(autocommit=True) as connection:
        start(connection, budget=100, cpc_bid=7, budget_type=budget_type)
        rounds = at_once(db, 12, lambda each, n: [click(each, n) for _ in range(4)])
        costs = Counter(cost for costs in rounds for cost in costs)
        assert costs == {Decimal(7): 14, Decimal(2): 1, Decimal(0): 33}
        assert value(connection, SPENT) == value(connection, COUNTED) == 100
        assert value(connection, "select tests.ads()") == ""


def test_a_budget_lasts_over_midnight(db: Clone) -> None:
    """Clicks of two days at once share what is left in all; the days are counted apart."""
    with db.connect(autocommit=True) as connection:
        start(connection, budget=100, cpc_bid=7)
        connection.execute("select tests.allow_test_clock(true)")

        def act(each: Connection, n: int) -> None:
            noon = f"2030-05-0{1 + n % 2} 12:00+00"
            each.execute("select set_config('reserve.test_now', %s, false)", [noon])
            for _ in range(4):
                click(each, n)

        at_once(db, 8, act)
        assert value(connection, SPENT) == 100
        days = "select count(*) from ads.campaign_days where campaign_id = tests.id('lake')"
        assert value(connection, days) == 2


@pytest.mark.parametrize("event", ["click", "impression"])
def test_one_event_many_times_at_once_counts_once(db: Clone, event: str) -> None:
    track = (
        f"select api.track_ad_{event}(tests.id('lake'), p_session_id => tests.session('ana'),"
        f" p_event_id => 'e1') ->> '{event}_id'"
    )
    with db.connect(autocommit=True) as connection:
        start(connection)
        ids = at_once(db, 8, lambda each, _: value(each, track))
        assert len(set(ids)) == 1
        assert value(connection, "select impressions + clicks from ads.campaign_days") == 1


def test_impressions_and_clicks_at_once_are_all_counted(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        start(connection)

        def act(each: Connection, n: int) -> None:
            for _ in range(5):
                each.execute("select tests.see('lake', %s)", [f"visitor {n}"])
                click(each, n)

        at_once(db, 8, act)
        counted = connection.execute("select impressions, clicks, cost from ads.campaign_days").fetchall()
        assert counted == [(40, 40, 2000)]
