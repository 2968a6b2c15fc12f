"""Calls with an idempotency key, from many connections that commit."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.json import Jsonb

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value

TOY = """
create schema toy;
create table toy.payments (id integer generated always as identity primary key, request jsonb);
create function toy.pay(p_key text, p_request jsonb, p_fail boolean default false)
returns jsonb language plpgsql as $$
declare
  v_answer jsonb := core.idempotency_begin('toy.pay', p_key, p_request);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  insert into toy.payments (request) values (p_request)
  returning jsonb_build_object('payment', id) into v_answer;
  perform pg_sleep(0.05);
  if p_fail then
    perform core.raise('PAYMENT_FAILED');
  end if;
  perform core.idempotency_end('toy.pay', p_key, v_answer);
  return v_answer;
end $$;
"""


@pytest.fixture
def toy(db: Clone) -> Clone:
    with db.connect(autocommit=True) as connection:
        connection.execute(TOY)
    return db


def pay(connection: Connection, request: object, *, fail: bool = False) -> object:
    """The answer, or the SQLSTATE of the refusal."""
    try:
        return value(connection, "select toy.pay('key', %s, %s)", Jsonb(request), fail)
    except psycopg.Error as error:
        return error.sqlstate


def test_the_same_call_is_carried_out_once_and_answered_alike(toy: Clone) -> None:
    answers = at_once(toy, 8, lambda connection, _: pay(connection, {"amount": 1}))

    assert answers == [{"payment": 1}] * 8
    with toy.connect() as connection:
        assert value(connection, "select count(*) from toy.payments") == 1


def test_of_different_calls_with_one_key_one_wins(toy: Clone) -> None:
    answers = at_once(toy, 8, lambda connection, n: pay(connection, {"amount": n}))

    assert sorted(map(str, answers)) == ["PT409"] * 7 + ["{'payment': 1}"]
    with toy.connect() as connection:
        assert value(connection, "select count(*) from toy.payments") == 1


def test_a_call_that_failed_leaves_its_key_free(toy: Clone) -> None:
    answers = at_once(toy, 2, lambda connection, n: pay(connection, {"amount": 1}, fail=n == 0))

    assert answers[0] in ("PT402", answers[1])
    assert isinstance(answers[1], dict)
    with toy.connect() as connection:
        assert value(connection, "select count(*) from toy.payments") == 1


def test_keys_that_run_out_are_purged_while_they_are_used(toy: Clone) -> None:
    with toy.connect(autocommit=True) as connection:
        pay(connection, {"amount": 1})
        connection.execute("update core.idempotency_keys set expires_at = now() - interval '1 second'")

        with toy.connect() as busy:
            assert pay(busy, {"amount": 2}) == {"payment": 2}
            assert value(connection, "select core.tick_purge_idempotency_keys(10)") == 0

        assert pay(connection, {"amount": 2}) == {"payment": 2}
