"""Reviews at the same instant: one for each stay, one invitation, a rating that leaves none of them out."""

from __future__ import annotations

from collections import Counter

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.lodging.guests import refusal


def leave(connection: Connection) -> None:
    """Ana books, stays and leaves."""
    connection.execute("select tests.create_lodging()")
    connection.execute("select tests.hold('ana')")
    connection.execute("select tests.pay_stay('ana')")
    connection.execute(
        """select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H"}')"""
    )
    connection.execute("select lodging.advance_stay(tests.stay('ana'), 'checked_out')")
    connection.execute(
        "update lodging.travelers set email = 'ana@mail.example' where id = (tests.stay('ana')).traveler_id"
    )


def test_of_many_words_at_once_one_is_kept(db: Clone) -> None:
    review = (
        "select api.submit_review((tests.intent('ana')).id, %s, 'x', p_session_id => tests.session('ana'))"
    )
    with db.connect(autocommit=True) as connection:
        leave(connection)
        answers = at_once(db, 8, lambda each, n: refusal(each, review, 1 + n % 4))
        assert Counter(answers) == {None: 2, "REVIEW_NOT_ALLOWED": 6}
        assert value(connection, "select count(*) from lodging.reviews") == 1


def test_many_jobs_at_once_ask_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        leave(connection)
        connection.execute("select tests.allow_test_clock(true)")
        later = "select set_config('reserve.test_now', (now() + interval '15 days')::text, false)"

        def act(each: Connection, n: int) -> int:
            each.execute(later)
            done: int = value(each, "select lodging.tick_invite_reviews(10)")
            return done

        assert sum(at_once(db, 6, act)) == 1
        sent = (
            "select count(*) from notifications.notification_outbox where template_code = 'review_invitation'"
        )
        assert value(connection, sent) == 1


def test_reviews_published_at_once_all_count(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")
        connection.execute(
            "insert into lodging.reviews (id, city_code, property_id, overall_rating, content)"
            " select tests.id('review ' || n), 'URB', tests.id('house'), 1 + n % 5, 'x'"
            " from generate_series(0, 39) as n"
        )

        def act(each: Connection, n: int) -> None:
            for m in range(5):
                each.execute("select api.moderate_review(tests.id(%s), true)", [f"review {n * 5 + m}"])

        at_once(db, 8, act)
        rated = connection.execute("select rating, review_count from lodging.properties_map").fetchone()
        assert rated == (3, 40)
