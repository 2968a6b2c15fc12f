"""A stay that is cancelled while something else happens to it ends one way, and is refunded once."""

from __future__ import annotations

from collections import Counter

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.lodging.guests import assert_in_order, hold, refusal

CANCEL = "select lodging.cancel_reservation((tests.stay(%s)).id, tests.session(%s), null, false)"

ARRIVE = "select lodging.on_host_event('checkin.completed', jsonb_build_object('host_booking_id', %s::text))"


def _book(connection: Connection, name: str, first_night: int) -> None:
    assert hold(connection, name, "family", first_night, 2) is None
    connection.execute("select tests.pay_stay(%s)", [name])
    connection.execute("select lodging.confirm_reservation(tests.stay(%s), %s)", [name, f"H-{name}"])


def test_many_cancellations_at_once_are_one(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        _book(connection, "ana", 10)
        answers = at_once(db, 8, lambda each, _: str(value(each, CANCEL, "ana", "ana")))
        assert len(set(answers)) == 1
        assert value(connection, "select count(*) from payments.refunds") == 1
        assert value(connection, "select tests.nights('family', 10, 2)") == "0/0 0/0"
        assert_in_order(connection)


def test_a_guest_arrives_or_is_cancelled_but_not_both(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for run in range(6):
            name = f"guest {run}"
            _book(connection, name, run * 3)

            def act(each: Connection, n: int, name: str = name) -> str | None:
                if n % 2:
                    return refusal(each, ARRIVE, f"H-{name}")
                return refusal(each, CANCEL, name, name)

            outcomes = Counter(at_once(db, 2, act))
            status = value(connection, "select (tests.stay(%s)).status::text", name)
            refunds = value(
                connection,
                "select count(*) from payments.refunds where booking_id = (tests.stay(%s)).id",
                name,
            )
            assert (status, refunds) in {("checked_in", 0), ("refund_pending", 1)}
            other = "CANCELLATION_NOT_ALLOWED" if status == "checked_in" else "INVALID_TRANSITION"
            assert outcomes == {None: 1, other: 1}
        assert_in_order(connection)
