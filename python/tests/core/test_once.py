"""What happens once, however many cause it at the same instant."""

from __future__ import annotations

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import at_once, value


def test_one_case_is_opened_once(db: Clone) -> None:
    ids = at_once(
        db,
        8,
        lambda connection, _: value(
            connection, "select core.open_exception('odd', 'ALL', null, '{\"n\": 1}')"
        ),
    )

    assert len(set(ids)) == 1
    with db.connect() as connection:
        assert value(connection, "select count(*) from core.exceptions") == 1


def test_one_message_is_queued_once(db: Clone) -> None:
    ids = at_once(
        db,
        8,
        lambda connection, _: value(
            connection,
            "select notifications.enqueue('hello', 'email', 'ALL', null,"
            ' \'{"type": "admin", "email": "a@b.c"}\', \'{}\', \'hello:1\')',
        ),
    )

    assert len(set(ids)) == 1
    with db.connect() as connection:
        assert value(connection, "select count(*) from notifications.notification_outbox") == 1


def test_the_first_callers_of_a_day_share_its_salt(db: Clone) -> None:
    hashes = at_once(
        db,
        8,
        lambda connection, _: value(connection, "select access.address_hash()"),
        headers={"x-forwarded-for": "203.0.113.7"},
    )

    assert len(set(hashes)) == 1
