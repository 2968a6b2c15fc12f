"""What becomes of a command: done, tried again, given up, taken over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reserve_db.providers import ProviderError
from reserve_db.worker.commands import Commands
from reserve_db.worker.handlers import Command, Handler
from reserve_db.worker.jobs import Jobs
from reserve_db.worker.worker import Worker
from tests.worker.conftest import Queue, database, run


class Provider:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[Command] = []

    async def __call__(self, command: Command) -> dict[str, Any]:
        self.asked.append(command)
        answer = self._answers.pop(0) if self._answers else {"ok": True}
        if isinstance(answer, Exception):
            raise answer
        return answer


def no_answer() -> ProviderError:
    return ProviderError("NO_ANSWER", "It did not answer.", answered=False, retry=True)


def refusal(*, retry: bool) -> ProviderError:
    return ProviderError("refused", "It refused.", answered=True, retry=retry)


def work(queue: Queue, handler: Handler, concurrency: int = 4) -> None:
    """One worker, once, without jobs."""

    async def once() -> None:
        async with database(queue.db) as opened:
            await Worker([Commands(opened, {"toy.do": handler})], Jobs(opened, []), concurrency).run_once()

    run(once())


def test_the_answer_goes_to_the_commands_module(queue: Queue) -> None:
    command = queue.add(amount=5)
    provider = Provider({"id": "re_1"})
    work(queue, provider)
    assert provider.asked[0].payload == {"amount": 5}
    assert queue.state(command) == ("done", 1, 0)
    assert queue.rows("select outcome, response from toy.outcomes where command = %s", command) == [
        ("done", {"id": "re_1"})
    ]


def test_silence_is_repeated_with_the_same_key(queue: Queue) -> None:
    command = queue.add()
    provider = Provider(no_answer())
    work(queue, provider)
    assert queue.state(command) == ("pending", 1, 0)
    queue.make_due()
    work(queue, provider)
    assert queue.state(command) == ("done", 2, 0)
    assert len({asked.idempotency_key for asked in provider.asked}) == 1
    assert queue.outcomes(command) == ["retrying", "done"]


def test_an_error_answer_is_followed_by_a_new_key(queue: Queue) -> None:
    command = queue.add()
    provider = Provider(refusal(retry=True))
    work(queue, provider)
    queue.make_due()
    work(queue, provider)
    assert queue.state(command) == ("done", 2, 1)
    assert [asked.idempotency_key for asked in provider.asked] == [f"{command}:0", f"{command}:1"]


def test_a_final_refusal_is_given_up_at_once(queue: Queue) -> None:
    command = queue.add()
    work(queue, Provider(refusal(retry=False)))
    assert queue.state(command)[0] == "dead"
    assert queue.outcomes(command) == ["dead"]


def test_a_waiting_command_is_not_tried_early(queue: Queue) -> None:
    queue.add()
    provider = Provider(no_answer())
    work(queue, provider)
    work(queue, provider)
    assert len(provider.asked) == 1


def test_an_answer_the_module_refuses_is_tried_again(queue: Queue) -> None:
    command = queue.add()
    provider = Provider({"refuse": True})
    work(queue, provider)
    assert queue.state(command) == ("pending", 1, 0)
    assert queue.value("select last_error ->> 'code' from core.outbox") == "ANSWER_REFUSED"


def test_an_answer_that_meets_a_deadlock_is_reported_again(queue: Queue) -> None:
    command = queue.add()
    provider = Provider({"deadlock": True})
    work(queue, provider)
    assert queue.state(command) == ("done", 1, 0)
    assert len(provider.asked) == 1


def test_a_handler_that_breaks_is_an_unknown_outcome(queue: Queue) -> None:
    command = queue.add()
    work(queue, Provider(KeyError("payload")))
    assert queue.state(command) == ("pending", 1, 0)


def test_commands_of_one_queue_go_one_at_a_time_in_order(queue: Queue) -> None:
    commands = [queue.add("same", number=number) for number in range(4)]
    provider = Provider()
    work(queue, provider)
    assert [asked.payload["number"] for asked in provider.asked] == [0, 1, 2, 3]
    assert {queue.state(command)[0] for command in commands} == {"done"}


def test_queues_go_side_by_side_up_to_the_concurrency(queue: Queue) -> None:
    for number in range(6):
        queue.add(f"queue {number}")
    running = most = 0

    async def handler(_: Command) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        return {}

    work(queue, handler, concurrency=3)
    assert most == 3
    assert queue.value("select count(*) from core.outbox where status = 'done'") == 6


def test_no_transaction_is_open_while_the_provider_is_asked(queue: Queue) -> None:
    queue.add()
    states: list[Any] = []

    async def handler(_: Command) -> dict[str, Any]:
        states.extend(
            queue.rows(
                "select state from pg_stat_activity "
                "where datname = current_database() and application_name = 'reserve-db worker'"
            )
        )
        return {}

    work(queue, handler)
    assert states
    assert set(states) == {("idle",)}


def test_a_worker_that_lost_its_lease_changes_nothing(queue: Queue) -> None:
    command = queue.add()
    provider = Provider({"by": "the second"})

    async def slow(_: Command) -> dict[str, Any]:
        queue.make_due()
        async with database(queue.db) as opened:
            second = Commands(opened, {"toy.do": provider})
            for taken_over in await second.claim(1):
                await second.carry_out(taken_over)
        return {"by": "the first"}

    work(queue, slow)
    assert queue.state(command) == ("done", 2, 0)
    assert queue.rows("select response from toy.outcomes where command = %s", command) == [
        ({"by": "the second"},)
    ]


def test_topics_without_a_handler_are_left_to_others(queue: Queue) -> None:
    command = queue.add()

    async def once() -> None:
        async with database(queue.db) as opened:
            await Worker([Commands(opened, {})], Jobs(opened, []), 4).run_once()

    run(once())
    assert queue.state(command) == ("pending", 0, 0)


def test_jobs_run_batch_by_batch_and_a_broken_one_stops_no_other(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.rows("insert into toy.work (id) select generate_series(1, 250) returning 1")

    async def once() -> None:
        async with database(queue.db) as opened:
            await Worker([Commands(opened, {})], Jobs(opened, ["toy.a_broken", "toy.finish"]), 4).run_once()

    run(once())
    assert queue.value("select count(*) from toy.work where done") == 250
    assert "broken job" in caplog.text


def test_stopping_finishes_what_is_under_way(queue: Queue) -> None:
    under_way, later = queue.add("same"), queue.add("same")

    async def until_stopped() -> None:
        async with database(queue.db) as opened:

            async def handler(_: Command) -> dict[str, Any]:
                worker.stop()
                await asyncio.sleep(0.2)
                return {}

            worker = Worker([Commands(opened, {"toy.do": handler})], Jobs(opened, []), 4)
            await worker.run()

    run(until_stopped())
    assert queue.state(under_way)[0] == "done"
    assert queue.state(later) == ("pending", 0, 0)


def test_it_goes_on_when_the_database_comes_back(queue: Queue) -> None:
    command = queue.add()

    async def until_done() -> None:
        async with database(queue.db) as opened:

            async def handler(_: Command) -> dict[str, Any]:
                queue.rows(
                    "select pg_terminate_backend(pid, 1000) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                worker.stop()
                return {}

            worker = Worker([Commands(opened, {"toy.do": handler})], Jobs(opened, []), 4)
            await worker.run()

    run(until_done())
    assert queue.state(command)[0] == "done"
