"""Commands in the hands of many workers: each carried out once, queue by queue, whoever vanishes."""

from __future__ import annotations

import time
from collections import defaultdict
from threading import Lock, Thread
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value

TOY = """
create schema toy;
create table toy.told (command_id uuid, outcome text, response jsonb);
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql security definer as
  $$insert into toy.told values (p_command_id, p_outcome, p_response)$$;
insert into core.settings (key, value) values
  ('outbox.toy.send', '{"backoff_seconds": [0], "max_attempts": 5, "lease_seconds": 30}');
"""


@pytest.fixture
def toy(db: Clone) -> Clone:
    with db.connect(autocommit=True) as connection:
        connection.execute(TOY)
    return db


def enqueue(connection: Connection, queue: str, number: int = 0) -> str:
    return str(
        value(
            connection,
            "select core.enqueue_command('toy.send', %s, 'ALL', null, %s)",
            queue,
            Jsonb({"queue": queue, "number": number}),
        )
    )


def claim(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    commands: list[dict[str, Any]] = value(connection, "select core.claim_commands('w', null, %s)", limit)
    return commands


def complete(connection: Connection, command: dict[str, Any], response: object = None) -> bool:
    answer = value(
        connection,
        "select core.complete_command(%s, %s, %s)",
        command["id"],
        command["claim_token"],
        Jsonb(response),
    )
    return bool(answer["accepted"])


def fail(connection: Connection, command: dict[str, Any]) -> bool:
    answer = value(
        connection,
        "select core.fail_command(%s, %s, '{}', false, true)",
        command["id"],
        command["claim_token"],
    )
    return bool(answer["accepted"])


def let_leases_lapse(connection: Connection) -> None:
    connection.execute(
        "update core.outbox set claimed_until = now() - interval '1 second' where status = 'pending'"
    )


def test_workers_share_the_queues_and_keep_their_order(toy: Clone) -> None:
    with toy.connect(autocommit=True) as connection:
        for number in range(6):
            for queue in range(10):
                enqueue(connection, f"queue {queue}", number)

    lock = Lock()
    in_hand: set[str] = set()
    carried_out: dict[str, list[int]] = defaultdict(list)
    seen_twice: list[str] = []

    def work(connection: Connection, n: int) -> int:
        done = 0
        while value(connection, "select exists (select from core.outbox where status = 'pending')"):
            for command in claim(connection, 3):
                queue, number = command["payload"]["queue"], command["payload"]["number"]
                with lock:
                    if queue in in_hand:
                        seen_twice.append(queue)
                    in_hand.add(queue)
                if (n + number + done) % 7 == 0 and command["attempt"] < 4:
                    with lock:
                        in_hand.remove(queue)
                    fail(connection, command)
                    continue
                with lock:
                    carried_out[queue].append(number)
                    in_hand.remove(queue)
                assert complete(connection, command)
                done += 1
        return done

    assert sum(at_once(toy, 6, work)) == 60
    assert seen_twice == []
    assert all(numbers == list(range(6)) for numbers in carried_out.values())
    with toy.connect() as connection:
        assert value(connection, "select count(*) from toy.told where outcome = 'done'") == 60


def test_a_worker_that_lost_its_lease_is_not_heard(toy: Clone) -> None:
    with toy.connect(autocommit=True) as slow, toy.connect(autocommit=True) as quick:
        enqueue(slow, "queue")
        (first,) = claim(slow)
        let_leases_lapse(quick)
        (second,) = claim(quick)

        assert first["idempotency_key"] == second["idempotency_key"]
        assert not complete(slow, first, "slow")
        assert not fail(slow, first)
        assert complete(quick, second, "quick")
        assert not complete(quick, second, "again")
        assert quick.execute("select outcome, response from toy.told").fetchall() == [("done", "quick")]


def test_of_two_reports_at_once_one_is_heard(toy: Clone) -> None:
    with toy.connect(autocommit=True) as connection:
        enqueue(connection, "queue")
        (command,) = claim(connection)

    heard = at_once(toy, 6, lambda connection, n: (complete if n % 2 else fail)(connection, command))

    assert heard.count(True) == 1
    with toy.connect() as connection:
        assert value(connection, "select count(*) from toy.told") == 1


def test_a_claim_that_is_not_committed_is_nobodys(toy: Clone) -> None:
    with toy.connect(autocommit=True) as connection:
        enqueue(connection, "queue")
        with toy.connect() as crashed:
            assert len(claim(crashed)) == 1
            assert claim(connection) == []
            crashed.rollback()
        (command,) = claim(connection)
        assert command["attempt"] == 1


def test_an_earlier_command_that_commits_late_waits_for_the_one_in_hand(toy: Clone) -> None:
    with toy.connect() as late, toy.connect(autocommit=True) as connection:
        early = enqueue(late, "queue", 1)
        enqueue(connection, "queue", 2)
        (in_hand,) = claim(connection)
        late.commit()

        assert claim(connection) == []
        complete(connection, in_hand)
        assert [command["id"] for command in claim(connection)] == [early]


def test_two_claims_of_one_queue_at_the_same_instant_cannot_both_succeed(toy: Clone) -> None:
    with toy.connect() as late, toy.connect() as first, toy.connect(autocommit=True) as second:
        enqueue(late, "queue", 1)
        with toy.connect(autocommit=True) as connection:
            enqueue(connection, "queue", 2)
        assert [command["payload"]["number"] for command in claim(first)] == [2]
        late.commit()

        answers: list[list[dict[str, Any]]] = []
        rival = Thread(target=lambda: answers.append(claim(second)))
        rival.start()
        time.sleep(0.3)
        assert answers == []
        first.commit()
        rival.join(timeout=10)

        assert answers == [[]]


def test_commands_of_vanished_workers_are_given_up_once(toy: Clone) -> None:
    with toy.connect(autocommit=True) as connection:
        for number in range(5):
            enqueue(connection, f"queue {number}")
        for _ in range(5):
            assert len(claim(connection)) == 5
            let_leases_lapse(connection)
        assert claim(connection) == []

    buried = at_once(
        toy, 4, lambda connection, _: int(value(connection, "select core.tick_bury_commands(100)"))
    )

    assert sum(buried) == 5
    with toy.connect() as connection:
        assert connection.execute("select outcome, count(*) from toy.told group by 1").fetchall() == [
            ("dead", 5)
        ]


def test_the_system_works_as_service_role(toy: Clone) -> None:
    with toy.connect(autocommit=True) as owner:
        enqueue(owner, "queue")
    with toy.connect("service_role", autocommit=True) as worker:
        (command,) = value(worker, "select api.claim_commands('w')")
        answer = value(
            worker, "select api.complete_command(%s, %s, 'null')", command["id"], command["claim_token"]
        )
        assert answer == {"accepted": True}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("update core.outbox set status = 'pending'")
