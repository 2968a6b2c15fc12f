"""A browser shows an ad, tells that it was seen and clicked; its guest books: the click has won that."""

from __future__ import annotations

from collections.abc import Mapping

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value
from tests.serve.conftest import serving

BROWSER: Mapping[str, str] = {
    "User-Agent": "Mozilla/5.0 (example)",
    "Referer": "https://stays.example/?utm_source=mail",
}
CLICKED = """
    select k.referrer, i.user_agent, k.ip_hash ~ '^[0-9a-f]{64}$' and i.ip_hash = k.ip_hash,
           k.cost::integer, k.conversion_value, k.booking_id
    from ads.ads_clicks as k
    join ads.ads_impressions as i on i.id = k.impression_id and i.session_id = k.session_id
"""


def test_from_the_ad_to_the_booking(db: Clone) -> None:
    with db.connect(autocommit=True) as connection, serving(db.dsn) as api:
        connection.execute("select tests.create_lodging()")
        connection.execute("""select tests.create_campaign('lake', '{"objective": "conversions"}')""")
        session = {"session_id": value(connection, "select tests.session('ana')"), "visitor_id": "v1"}
        page = {"city_code": "URB", "slot_code": "homepage_hero", "page_type": "home", **session}

        shown = api.post("get_ads_for_page", page)
        assert shown.headers["cache-control"] == "private, max-age=60"
        [ad] = shown.json()["data"]["ads"]
        seen = {"campaign_id": ad["campaign_id"], "page_path": "/", "cost": 999, **session}
        impression = api.data("track_ad_impression", {**seen, "event_id": "e1"}, headers=BROWSER)
        click = {**seen, "impression_id": impression["impression_id"], "event_id": "e2"}
        clicked = api.data("track_ad_click", click, headers=BROWSER)
        assert clicked["redirect_url"] == ad["cta_url"]
        assert api.data("track_ad_click", click, headers=BROWSER) == clicked

        held = value(connection, "select tests.hold('ana')")
        connection.execute("select tests.pay_stay('ana')")
        accepted = """select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H"}')"""
        connection.execute(accepted)
        [row] = connection.execute(CLICKED).fetchall()
        assert row[:5] == (BROWSER["Referer"], BROWSER["User-Agent"], True, 50, held["total_amount"])
        assert str(row[5]) == held["booking_intent_id"]


def test_what_a_browser_cannot_do(db: Clone) -> None:
    with db.connect(autocommit=True) as connection, serving(db.dsn) as api:
        connection.execute("select tests.create_city('URB')")
        campaign = {"campaign_id": str(value(connection, "select tests.create_campaign('lake')"))}
        session = {"session_id": "a session of sixteen"}
        assert api.error("track_ad_click", campaign) == (400, "MISSING_REQUIRED_FIELD")
        assert api.error("track_ad_click", {**campaign, "session_id": "short"}) == (400, "INVALID_PARAMETER")
        for event in ("track_ad_impression", "track_ad_click"):
            api.data(event, {**campaign, **session, "event_id": "e1"})
            other = {**campaign, "session_id": "another of sixteen", "event_id": "e1"}
            assert api.error(event, other) == (409, "IDEMPOTENCY_CONFLICT")
        assert api.error("get_ads_for_page", {"city_code": "URB"}) == (400, "MISSING_REQUIRED_FIELD")
