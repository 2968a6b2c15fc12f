"""Webhooks of the Host on several connections at once, beside the jobs and each other."""

from __future__ import annotations

import json
from typing import Any

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.lodging.guests import hold

RECEIVE = "select api.host_webhook_receiver(%s, now(), %s::jsonb, 's', %s)"
STATUS = "select status::text from lodging.reservations"
AUDITED = """
select array_agg(metadata -> 'status' ->> 1 order by seq) from audit.audit_logs
where entity_type = 'reservation' and metadata -> 'status' ->> 1 is not null
"""


def booked(connection: Connection) -> None:
    """A stay of tonight that the Host knows as H1."""
    connection.execute("select tests.create_lodging()")
    connection.execute("select tests.hold('ana', 'double', 0, 1)")
    connection.execute("select tests.pay_stay('ana')")
    connection.execute("select lodging.confirm_reservation(tests.stay('ana'), 'H1')")


def tell(connection: Connection, event_type: str, webhook_id: str) -> Any:
    data = json.dumps({"host_booking_id": "H1", "host_property_id": "host-house"})
    return value(connection, RECEIVE, event_type, data, webhook_id)["processed"]


def test_one_webhook_on_eight_connections_is_processed_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        booked(connection)
        answers = at_once(db, 8, lambda each, _: tell(each, "checkin.completed", "w1"))
        assert answers == [True] * 8
        assert value(connection, "select count(*) from integrations.host_webhook_events") == 1
        assert value(connection, AUDITED) == ["confirmed", "checkin_pending", "checked_in"]


def test_arrival_departure_and_the_jobs_at_once_end_in_a_departure(db: Clone) -> None:
    def act(connection: Connection, number: int) -> None:
        match number % 4:
            case 0:
                tell(connection, "checkin.completed", f"in {number}")
            case 1:
                tell(connection, "booking.checkout_completed", f"out {number}")
            case 2:
                connection.execute("select api.tick('lodging.start_checkins')")
            case _:
                connection.execute("select api.tick('lodging.complete_stays')")

    with db.connect(autocommit=True) as connection:
        booked(connection)
        at_once(db, 12, act)
        assert value(connection, STATUS) == "checked_out"
        assert value(connection, AUDITED) == ["confirmed", "checkin_pending", "checked_in", "checked_out"]
        assert value(connection, "select count(*) from core.exceptions") == 0


def test_a_stay_cancelled_many_times_is_refunded_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        booked(connection)
        answers = at_once(db, 8, lambda each, number: tell(each, "booking.cancelled", f"w{number}"))
        assert answers == [True] * 8
        assert value(connection, STATUS) == "refund_pending"
        assert value(connection, "select count(*) from payments.refunds") == 1
        assert value(connection, "select count(*) from tests.wrong_nights()") == 0


def test_one_booking_of_another_channel_told_many_times_is_one_stay(db: Clone) -> None:
    """Webhooks of their own about one booking, while guests ask for the same nights, one perhaps too late."""
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        told = value(
            connection,
            """select jsonb_build_object('host_booking_id', 'H9', 'reservation_id', null,
                 'host_property_id', 'host-house', 'host_unit_id', 'host-family', 'source', 'airbnb',
                 'check_in', tests.night(5), 'check_out', tests.night(8))""",
        )

        def act(each: Connection, number: int) -> Any:
            if number % 2:
                return hold(each, f"guest {number}", "family", 5, 3) in (None, "INSUFFICIENT_INVENTORY")
            kind = ("booking.created", "booking.updated")[number % 4 // 2]
            return value(each, RECEIVE, kind, json.dumps(told), f"w{number}")["processed"]

        answers = at_once(db, 6, act)
        assert answers == [True] * 6
        assert value(connection, "select count(*) from lodging.reservations") == 1
        assert value(connection, "select count(*) from tests.wrong_nights()") == 0
