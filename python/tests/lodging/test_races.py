"""Many guests at once: nothing is sold twice, nothing is lost, nobody deadlocks."""

from __future__ import annotations

import random
from collections import Counter

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.lodging.guests import assert_in_order, hold, overdue, refusal

GONE = "INSUFFICIENT_INVENTORY"


def test_the_last_room_goes_to_one_guest(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        answers = at_once(db, 12, lambda each, n: hold(each, f"guest {n}", "double", 10, 3))
        assert Counter(answers) == {None: 1, GONE: 11}
        assert value(connection, "select tests.nights('double', 9, 5)") == "0/0 0/1 0/1 0/1 0/0"
        assert_in_order(connection)


def test_three_rooms_go_to_three_guests(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        answers = at_once(db, 12, lambda each, n: hold(each, f"guest {n}", "family", 10 + n % 3, 3))
        assert answers.count(None) == 3
        assert set(answers) == {None, GONE}
        assert value(connection, "select tests.nights('family', 12, 1)") == "0/3"
        assert_in_order(connection)


def test_the_same_request_many_times_at_once_is_one_hold(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        answers = at_once(db, 8, lambda each, _: str(value(each, "select tests.hold('ana', 'family')")))
        assert len(set(answers)) == 1
        assert value(connection, "select tests.nights('family', 10, 1)") == "0/1"
        assert_in_order(connection)


def test_the_caps_hold_for_many_requests_at_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        by_session = at_once(db, 8, lambda each, n: hold(each, "ana", "family", 5 + n, 1))
        assert Counter(by_session) == {None: 3, "RATE_LIMIT_EXCEEDED": 5}
        same_address = {"x-forwarded-for": "203.0.113.7"}
        by_address = at_once(
            db, 16, lambda each, n: hold(each, f"guest {n}", "family", 20 + n, 1), same_address
        )
        assert Counter(by_address) == {None: 10, "RATE_LIMIT_EXCEEDED": 6}
        assert_in_order(connection)


def test_a_late_payment_and_the_sweep_leave_a_reservation(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for run in range(6):
            name = f"guest {run}"
            assert hold(connection, name, "double", run * 5, 4) is None
            connection.execute("select tests.start_stay(%s)", [name])
            overdue(connection, name)
            acts = ["select tests.stripe_says(%s, 'succeeded')", "select lodging.tick_expire_holds(10), %s"]

            def act(each: Connection, n: int, acts: list[str] = acts, name: str = name) -> None:
                each.execute(acts[n % 2], [name])

            at_once(db, 4, act)
            assert value(connection, "select (tests.stay(%s)).status::text", name) == "host_commit_pending"
        assert_in_order(connection)


def test_a_late_payment_and_another_guest_never_both_get_the_room(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for run in range(8):
            late, other = f"late {run}", f"other {run}"
            assert hold(connection, late, "double", run * 5, 4) is None
            connection.execute("select tests.start_stay(%s)", [late])
            overdue(connection, late)

            def act(
                each: Connection, n: int, run: int = run, late: str = late, other: str = other
            ) -> str | None:
                if n == 0:
                    return refusal(each, "select tests.stripe_says(%s, 'succeeded')", late)
                return hold(each, other, "double", run * 5 + 1, 3)

            paid, other_refused = at_once(db, 2, act)
            assert paid is None
            is_booked = value(connection, "select (tests.stay(%s)).id is not null", late)
            assert is_booked == (other_refused == GONE)
            status = value(connection, "select (tests.stay_payment(%s)).status::text", late)
            assert status == ("succeeded" if is_booked else "refund_pending")
        assert_in_order(connection)


def test_a_release_and_claims_for_its_nights(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for run in range(6):
            name = f"first {run}"
            assert hold(connection, name, "double", run * 5, 4) is None

            def act(each: Connection, n: int, run: int = run, name: str = name) -> str | None:
                if n == 0:
                    return refusal(
                        each,
                        "select api.cancel_booking_intent((tests.intent(%s)).id, tests.session(%s))",
                        name,
                        name,
                    )
                return hold(each, f"next {run} {n}", "double", run * 5 + n % 2, 3)

            cancelled, *claims = at_once(db, 5, act)
            assert cancelled is None
            assert claims.count(None) <= 1
        assert_in_order(connection)


def test_the_host_accepts_in_the_moment_we_give_up(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        for run in range(6):
            name = f"guest {run}"
            assert hold(connection, name, "double", run * 5, 4) is None
            connection.execute("select tests.pay_stay(%s)", [name])
            command = value(connection, "select core.claim_commands('w', '{lodging.commit_booking}', 1) -> 0")
            connection.execute(
                "update lodging.reservations set status_changed_at = core.now() - interval '1 hour'"
                " where id = (tests.intent(%s)).id",
                [name],
            )

            def act(each: Connection, n: int, run: int = run, command: dict[str, str] = command) -> None:
                if n == 0:
                    each.execute(
                        "select core.complete_command("
                        "%s, %s, jsonb_build_object('host_booking_id', %s::text))",
                        [command["id"], command["claim_token"], f"H{run}"],
                    )
                else:
                    each.execute("select lodging.tick_host_commit_timeouts(10)")

            at_once(db, 2, act)
            found = connection.execute(
                "select r.status::text, count(o.id) filter (where o.payload ->> 'host_booking_id' = %s)"
                " from tests.stay(%s) as r"
                " left join core.outbox as o on o.booking_id = r.id and o.topic = 'lodging.cancel_booking'"
                " group by 1",
                [f"H{run}", name],
            ).fetchone()
            assert found in [("confirmed", 0), ("refund_pending", 1)]
        assert_in_order(connection)


@pytest.mark.parametrize(
    "deed",
    [
        "select tests.hold('bia', 'double', 20)",
        "select api.cancel_booking_intent((tests.intent('ana')).id, tests.session('ana'))",
        "select tests.pay_stay('ana')",
        "select tests.hold('ana', 'double', 10, 3, '{\"adults\": 1}')",
    ],
    ids=["claim", "release", "conversion", "replacement"],
)
def test_every_writer_of_nights_waits_for_the_unit(db: Clone, deed: str) -> None:
    with db.connect(autocommit=True) as connection, db.connect() as other:
        connection.execute("select tests.create_lodging()")
        assert hold(connection, "ana", "double", 10, 3) is None
        other.execute("select lodging.lock_unit(tests.id('double'))")
        assert hold(connection, "carla", "family", 10, 3) is None
        connection.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            connection.execute(deed)
        other.rollback()
        connection.execute(deed)
        assert_in_order(connection)


def test_the_sweep_passes_over_a_unit_that_is_busy(db: Clone) -> None:
    with db.connect(autocommit=True) as connection, db.connect() as other:
        connection.execute("select tests.create_lodging()")
        for name, unit in (("ana", "double"), ("bia", "family")):
            assert hold(connection, name, unit, 10, 3) is None
            overdue(connection, name)
        other.execute("select lodging.lock_unit(tests.id('double'))")
        assert value(connection, "select lodging.tick_expire_holds(10)") == 1
        other.rollback()
        assert value(connection, "select lodging.tick_expire_holds(10)") == 1
        assert_in_order(connection)


def test_a_storm_of_guests_leaves_every_counter_exact(db: Clone) -> None:
    """Overlapping stays of two units claimed, paid, cancelled, expired and refused, in any order."""

    def act(each: Connection, n: int) -> set[str | None]:
        dice = random.Random(n)
        refusals: set[str | None] = set()
        for step in range(30):
            name = f"guest {dice.randrange(24)}"
            deed = dice.randrange(10)
            if deed < 5:
                unit = dice.choice(["double", "family"])
                refusals.add(hold(each, name, unit, dice.randrange(20), dice.randrange(1, 6)))
            elif deed == 5:
                refusals.add(refusal(each, "select tests.pay_stay(%s)", name))
            elif deed == 6:
                cancel = "select api.cancel_booking_intent((tests.intent(%s)).id, tests.session(%s))"
                refusals.add(refusal(each, cancel, name, name))
            elif deed == 7:
                overdue(each, name)
            elif deed == 8:
                each.execute("select lodging.tick_expire_holds(5), lodging.tick_unconverted_payments(5)")
            else:
                each.execute(
                    "select core.fail_command(id, claim_token, '{}', true, false)"
                    " from jsonb_to_recordset(core.claim_commands(%s, '{lodging.commit_booking}', 1))"
                    " as c (id uuid, claim_token uuid)",
                    [f"worker {n} {step}"],
                )
        return refusals

    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        refusals = set().union(*at_once(db, 8, act))
        nothing_to_pay_or_cancel = {"MISSING_REQUIRED_FIELD", "INVALID_REQUEST"}
        assert refusals - nothing_to_pay_or_cancel <= {
            None,
            GONE,
            "RATE_LIMIT_EXCEEDED",
            "BOOKING_INTENT_EXPIRED",
            "PAYMENT_ALREADY_PROCESSED",
        }
        assert value(connection, "select count(*) > 20 from lodging.booking_intents")
        assert value(connection, "select count(*) > 0 from lodging.reservations")
        assert_in_order(connection)
