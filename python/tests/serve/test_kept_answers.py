"""Answers that `reserve-db serve` keeps: what they say of themselves, and who does not get them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from tests.serve.conftest import Api, serving

OWNER = "0d4c2f9e-7b1d-4c58-a6f3-4f0c2a9e7b1d"
COUNTERS = """
    create sequence public.calls;
    drop function api.get_ads_for_page(text, text, text, uuid, text, text);
    drop function api.get_property_list(text, text, boolean, boolean, jsonb, text);
    create function api.get_ads_for_page(p_slot_code text default null, p_session_id text default null)
    returns jsonb language sql volatile security definer as
    $$ select jsonb_build_object('call', nextval('public.calls')) $$;
    create function api.get_property_list(p_is_published boolean default null)
    returns jsonb language sql volatile security definer as
    $$ select jsonb_build_object('call', nextval('public.calls')) $$;
"""


@pytest.fixture
def house(db: Clone) -> Iterator[Api]:
    """The town of the SQL tests, open for clients."""
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
    with serving(db.dsn) as api:
        yield api


@pytest.fixture
def counted(db: Clone) -> Iterator[Api]:
    """Functions that answer how often they were called."""
    with db.connect(autocommit=True) as connection:
        connection.execute(COUNTERS.encode())
    with serving(db.dsn) as api:
        yield api


def stay(db: Clone, **changes: Any) -> dict[str, Any]:
    with db.connect() as connection:
        row = connection.execute("select tests.night(10)::text, tests.night(13)::text").fetchone()
    assert row is not None
    return {"city_code": "URB", "check_in": row[0], "check_out": row[1], "guests": {"adults": 2}, **changes}


def run(db: Clone, statement: str) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_search_is_kept_and_says_so(house: Api, db: Clone) -> None:
    wish = stay(db)
    first = house.post("search_availability", wish)
    run(db, "update lodging.availability_calendar set base_price = 1")
    second = house.post("search_availability", wish)

    told, kept = first.json()["data"], second.json()["data"]
    assert told["metadata"]["cache_hit"] is False
    assert kept["metadata"]["cache_hit"] is True
    assert kept["properties"] == told["properties"]
    assert kept["properties"][0]["price_from"] == 30000
    assert kept["metadata"]["query_time_ms"] <= second.json()["meta"]["processing_time_ms"] + 1
    assert first.headers["cache-control"] == second.headers["cache-control"] == "private, max-age=60"
    assert "age" not in first.headers
    assert 0 <= int(second.headers["age"]) <= 60


def test_another_question_is_asked_anew(house: Api, db: Clone) -> None:
    house.data("search_availability", stay(db))
    run(db, "update lodging.availability_calendar set base_price = 1")
    others = (
        stay(db, guests={"adults": 1}),
        stay(db, sort="price_asc"),
        stay(db, filters={"amenities": ["wifi"]}),
        stay(db, pagination={"page": 1, "per_page": 1}),
    )
    for other in others:
        answer = house.data("search_availability", other)
        assert answer["metadata"]["cache_hit"] is False
        assert answer["properties"][0]["price_from"] == 3


def test_another_role_or_city_is_answered_for_itself(house: Api, db: Clone) -> None:
    wish = stay(db)
    callers: tuple[dict[str, Any], ...] = (
        {},
        {"role": "authenticated"},
        {"role": "authenticated", "claims": {"city_code": "URB"}},
        {"role": "service_role"},
    )
    for again in (False, True):
        for caller in callers:
            assert house.data("search_availability", wish, **caller)["metadata"]["cache_hit"] is again


def test_the_order_of_keys_does_not_matter(house: Api, db: Clone) -> None:
    wish = stay(db)
    house.data("search_availability", wish)
    answer = house.data("search_availability", dict(reversed(wish.items())))
    assert answer["metadata"]["cache_hit"] is True


def test_errors_are_not_kept(house: Api, db: Clone) -> None:
    page = {"property_slug": "house", "city_code": "URB"}
    run(db, "update lodging.properties_map set is_published = false")
    assert house.error("get_property_detail", page) == (404, "NOT_FOUND")
    run(db, "update lodging.properties_map set is_published = true")
    assert house.data("get_property_detail", page)["slug"] == "house"


def test_what_is_booked_is_not_kept(house: Api, db: Clone) -> None:
    with db.connect() as connection:
        row = connection.execute("select tests.id('house')::text, tests.id('double')::text").fetchone()
    assert row is not None
    intent = {**stay(db), "property_id": row[0], "unit_id": row[1]}
    response = house.post("create_booking_intent", {**intent, "session_id": "session of guest ana"})
    assert response.headers["cache-control"] == "no-store"
    assert house.error("create_booking_intent", {**intent, "session_id": "session of guest bia"}) == (
        409,
        "INSUFFICIENT_INVENTORY",
    )


def test_who_expects_another_total_gets_both(house: Api, db: Clone) -> None:
    with db.connect() as connection:
        row = connection.execute("select tests.id('house')::text, tests.id('double')::text").fetchone()
    assert row is not None
    intent = {**stay(db), "property_id": row[0], "unit_id": row[1], "session_id": "session of guest ana"}
    response = house.post("create_booking_intent", {**intent, "expected_total": 29999})
    assert response.status_code == 409
    error = response.json()["error"]
    assert error["code"] == "PRICE_CHANGED"
    totals = {"expected_total": 29999, "total_amount": 30000, "currency": "BRL"}
    assert error["details"].items() >= totals.items()
    assert house.data("create_booking_intent", {**intent, "expected_total": 30000})["total_amount"] == 30000


def test_a_session_has_ads_of_its_own(counted: Api) -> None:
    ana = {"headers": {"x-session-id": "session of guest ana"}}
    seen = [
        counted.data("get_ads_for_page", {"slot_code": "top"}),
        counted.data("get_ads_for_page", {"slot_code": "top"}),
        counted.data("get_ads_for_page", {"slot_code": "top"}, **ana),
        counted.data("get_ads_for_page", {"slot_code": "top"}, **ana),
        counted.data("get_ads_for_page", {"slot_code": "top", "session_id": "session of guest bia"}),
    ]
    assert [answer["call"] for answer in seen] == [1, 1, 2, 2, 3]


def test_what_is_not_published_is_not_kept(counted: Api) -> None:
    owner = {"role": "authenticated", "claims": {"sub": OWNER}}
    for number, body in enumerate(({"is_published": False}, {"is_published": "false"}) * 2, start=1):
        response = counted.post("get_property_list", body, **owner)
        assert response.json()["data"] == {"call": number}
        assert response.headers["cache-control"] == "no-store"
    public = [counted.post("get_property_list", {"is_published": True}) for _ in range(2)]
    assert [response.json()["data"] for response in public] == [{"call": 5}] * 2
    assert public[1].headers["cache-control"] == "private, max-age=300"
