"""A change of state is judged by the state the row really has, whoever else is changing it."""

from __future__ import annotations

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value


@pytest.fixture
def command(db: Clone) -> str:
    with db.connect(autocommit=True) as connection:
        return str(value(connection, "select core.enqueue_command('toy.send', 'queue', 'ALL', null, '{}')"))


def test_of_rival_changes_one_wins(db: Clone, command: str) -> None:
    goals = ["done", "dead", "cancelled", "done", "dead", "cancelled"]

    def change(connection: Connection, n: int) -> str | None:
        try:
            connection.execute(
                "update core.outbox set status = %s, finished_at = now() where id = %s", [goals[n], command]
            )
        except psycopg.Error as error:
            return error.sqlstate
        return goals[n]

    outcomes = at_once(db, len(goals), change)

    with db.connect() as connection:
        status = value(connection, "select status from core.outbox where id = %s", command)
        log = connection.execute(
            "select metadata -> 'status' from audit.audit_logs where event_type = 'command.updated'"
        ).fetchall()
    # Writing the state that the row already has is no change, so the winner's twin passes as well.
    assert {outcome for outcome in outcomes if outcome != "PT409"} == {status}
    assert [change for (change,) in log if change] == [["pending", status]]


def test_copy_and_merge_are_judged_too(db: Clone, command: str) -> None:
    with db.connect(autocommit=True) as connection:
        with (
            pytest.raises(psycopg.Error) as refused,
            connection.cursor().copy(
                "copy core.outbox (topic, queue_key, city_code, status, finished_at) from stdin"
            ) as copy,
        ):
            copy.write_row(("toy.send", "queue", "ALL", "done", "2026-01-01"))
        assert refused.value.sqlstate == "PT409"

        connection.execute("update core.outbox set status = 'done', finished_at = now()")
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(
                "merge into core.outbox as o using (values (1)) as v on true"
                " when matched then update set status = 'pending', finished_at = null"
            )
        assert refused.value.sqlstate == "PT409"
