"""The audit log beside users who leave."""

from __future__ import annotations

from threading import Thread

import psycopg
import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value


@pytest.fixture
def user(db: Clone) -> str:
    with db.connect(autocommit=True) as connection:
        return str(value(connection, "select tests.create_supabase_user('ada')"))


def record(connection: psycopg.Connection[object]) -> None:
    connection.execute("select audit.record('thing.seen', 'thing', core.new_id(), 'ALL', '{}')")


def test_a_user_can_leave_while_being_recorded(db: Clone, user: str) -> None:
    with db.connect(claims={"sub": user}) as acting, db.connect(autocommit=True) as admin:
        record(acting)
        leaving = Thread(target=lambda: admin.execute("delete from auth.users where id = %s", [user]))
        leaving.start()
        leaving.join(timeout=0.3)
        assert leaving.is_alive(), "the user stays until what they did is written"
        acting.commit()
        leaving.join(timeout=10)

        record(acting)
        acting.commit()
        rows = acting.execute("select actor_id, actor_subject from audit.audit_logs order by seq").fetchall()
        assert rows == [(None, user), (None, user)]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.audit_logs set actor_id = null",
        "update audit.audit_logs set metadata = '{}'",
        "delete from audit.audit_logs",
        "truncate audit.audit_logs",
    ],
)
def test_a_direct_login_cannot_change_what_was_committed(db: Clone, user: str, statement: str) -> None:
    with db.connect(claims={"sub": user}, autocommit=True) as connection:
        record(connection)
        before = connection.execute("select * from audit.audit_logs").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="insert-only"):
            connection.execute(statement)
        assert connection.execute("select * from audit.audit_logs").fetchall() == before
