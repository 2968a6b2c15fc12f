"""How the database carries out the two hot paths: searches read one index range, claims are HOT updates."""

from __future__ import annotations

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value
from tests.lodging.guests import hold, refusal

CALENDAR = "lodging.availability_calendar"
BIG_CITIES = """
insert into core.cities (code, name, timezone)
select 'C' || g.i, 'City ' || g.i, 'America/Sao_Paulo' from generate_series(1, 4) as g (i);
insert into lodging.properties_map (city_id, city_code, slug, name, property_type, is_published)
select c.id, c.code, 'p' || g.i, 'Property ' || g.i, 'pousada', true
from core.cities as c cross join generate_series(1, 100) as g (i) where c.code like 'C_';
insert into lodging.unit_map (property_id, city_code, name, room_type, max_guests, max_adults)
select p.id, p.city_code, 'Room', 'room', 2, 2 from lodging.properties_map as p where p.city_code like 'C_';
insert into lodging.availability_calendar
  (unit_id, date, city_code, property_id, max_guests, allotment, base_price, currency)
select u.id, core.today('C1') + g.i, u.city_code, u.property_id, 2, 1, 10000, 'BRL'
from generate_series(0, 89) as g (i) cross join lodging.unit_map as u where u.city_code like 'C_'
order by u.city_code, g.i, u.id;
analyze lodging.availability_calendar;
"""


@pytest.fixture
def _cities(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute(BIG_CITIES)


@pytest.mark.usefixtures("_cities")
def test_a_search_reads_one_range_of_one_index(db: Clone) -> None:
    with db.connect() as connection:
        found = value(
            connection,
            "select api.search_availability('C2', core.today('C2') + 10, core.today('C2') + 13, %s)",
            '{"adults": 2}',
        )
        assert found["pagination"]["total"] == 100
        scans = "select pg_stat_get_xact_numscans(%s::regclass)"
        assert value(connection, scans, f"{CALENDAR}_city") >= 1
        assert value(connection, scans, f"{CALENDAR}_pkey") == 0
        assert value(connection, scans, CALENDAR) == 0
        read = "select pg_stat_get_xact_tuples_returned(%s::regclass)"
        assert value(connection, read, f"{CALENDAR}_city") <= 100 * 4


def test_claims_and_releases_are_hot_updates(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for n in range(60):
            assert hold(connection, f"guest {n}", "family", n % 40, 5) is None
            assert (
                refusal(
                    connection,
                    "select api.cancel_booking_intent((tests.intent(%s)).id, tests.session(%s))",
                    f"guest {n}",
                    f"guest {n}",
                )
                is None
            )
        connection.execute("select pg_stat_force_next_flush()")
        updated, hot = connection.execute(
            "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relid = %s::regclass", [CALENDAR]
        ).fetchone() or (0, 0)
        assert updated == 600
        assert hot >= 0.95 * updated
