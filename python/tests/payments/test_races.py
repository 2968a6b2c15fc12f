"""Several connections at once: nothing is paid, refunded or processed twice."""

from __future__ import annotations

from threading import Event, Thread

import psycopg
from psycopg.types.json import Jsonb

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.payments.stripe_side import Json, Toy, ingest, order, paid


def test_one_event_on_eight_connections_is_processed_once(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        toy = order(connection, "car")
        event = toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1"))
        answers = at_once(db, 8, lambda each, _: ingest(each, event))
        assert [answer["duplicate"] for answer in answers].count(False) == 1
        assert {answer["status"] for answer in answers} == {"processed"}
        assert value(connection, "select tests.balances('car')") == {
            "cash_reserve": 10000,
            "customer_deposits": -10000,
        }
        assert value(connection, "select heard from toys.sales") == ["started", "succeeded"]
        assert value(connection, "select count(*) from core.outbox") == 1


def test_a_second_delivery_waits_for_the_first_and_does_its_work_if_that_fails(db: Clone) -> None:
    with (
        db.connect(autocommit=True) as observer,
        db.connect() as first,
        db.connect(autocommit=True) as second,
    ):
        toy = order(observer, "car")
        event = toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1"))
        ingest(first, event)
        answers: list[Json] = []
        waiting = Thread(target=lambda: answers.append(ingest(second, event)))
        waiting.start()
        until_blocked(observer, second)
        first.rollback()
        waiting.join(timeout=10)
        assert answers == [{"event_id": event["id"], "status": "processed", "duplicate": False}]
        assert value(observer, "select (tests.payment_of('car')).status") == "succeeded"


def test_two_methods_that_both_succeed_pay_once_and_give_the_rest_back(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        for run in range(8):
            name = f"car{run}"
            connection.execute("select tests.order_toy(%s)", [name])
            toys = []
            for method in ("stripe_card", "stripe_checkout"):
                start = "select (payments.start_payment(tests.id(%s), %s, tests.session(%s))).id"
                payment_id = str(value(connection, start, name, method, name))
                toys.append(Toy(f"{name}_{method}", payment_id))
            events = [
                toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1")) for toy in toys
            ]

            def deliver(each: Connection, n: int, events: list[Json] = events) -> None:
                ingest(each, events[n % 2])

            at_once(db, 4, deliver)

            found = connection.execute(
                "select is_surplus, status::text, amount_captured, refund_amount from payments.payments"
                " where booking_id = tests.id(%s) order by is_surplus",
                [name],
            ).fetchall()
            assert found == [(False, "succeeded", 10000, 0), (True, "refund_pending", 10000, 10000)]
            assert value(connection, "select tests.balances(%s)", name) == {
                "cash_reserve": 20000,
                "customer_deposits": -10000,
                "refunds_payable": -10000,
            }
            assert value(connection, "select state from toys.sales where id = tests.id(%s)", name) == "paid"


def test_refunds_at_once_never_exceed_the_payment(db: Clone) -> None:
    def refund(connection: Connection, n: int) -> str:
        ask = "select payments.request_refund(%s, 3000, 'customer_request', null, %s, null)"
        try:
            connection.execute(ask, [toy.payment_id, f"key {n}"])
        except psycopg.Error as error:
            return str(error.diag.message_detail)
        return "asked"

    with db.connect(autocommit=True) as connection:
        toy = paid(connection, "car")
        answers = at_once(db, 8, refund)
        assert answers.count("asked") == 3
        assert sum("AMOUNT_TOO_LARGE" in answer and '"left": 1000' in answer for answer in answers) == 5
        assert value(connection, "select (tests.payment_of('car')).refund_amount") == 9000
        assert value(connection, "select tests.balances('car') ->> 'refunds_payable'") == "-9000"


def test_a_refund_and_a_dispute_at_once_see_each_other(db: Clone) -> None:
    """Either the refund came first, or it is refused; in both cases what is lost is what the refund left."""
    ask = "select payments.request_refund(%s, 4000, 'customer_request', null, 'a', null)"
    with db.connect(autocommit=True) as connection:
        for run in range(8):
            toy = paid(connection, f"car{run}")
            ended = toy.event(1, "charge.dispute.closed", toy.dispute("lost", -10000))

            def act(each: Connection, n: int, toy: Toy = toy, ended: Json = ended) -> str:
                if n == 0:
                    return str(ingest(each, ended)["status"])
                try:
                    each.execute(ask, [toy.payment_id])
                except psycopg.Error as error:
                    return str(error.diag.message_detail)
                return "asked"

            processed, answer = at_once(db, 2, act)
            assert processed == "processed"
            assert answer == "asked" or "AMOUNT_TOO_LARGE" in answer
            refunded = 4000 if answer == "asked" else 0
            found = connection.execute(
                "select refund_amount, lost_amount from payments.payments where id = %s", [toy.payment_id]
            ).fetchone()
            assert found == (refunded, 10000 - refunded)
        assert value(connection, "select ledger.verify() -> 'ok'") is True


def test_rows_written_past_the_functions_do_not_exceed_it_either(db: Clone) -> None:
    insert = """
        insert into payments.refunds
          (payment_id, booking_id, city_code, amount, currency, reason, request_key)
        select p.id, p.booking_id, p.city_code, 6000, p.currency, 'fraud', %s
        from tests.payment_of('car') as p
    """

    def write(connection: Connection, n: int) -> str:
        try:
            connection.execute(insert, [f"key {n}"])
        except psycopg.errors.CheckViolation:
            return "refused"
        return "written"

    with db.connect(autocommit=True) as connection:
        paid(connection, "car")
        assert at_once(db, 4, write).count("written") == 1
        assert value(connection, "select (tests.payment_of('car')).refund_amount") == 6000


def test_an_event_that_comes_while_its_object_is_being_stored_is_not_left_waiting(db: Clone) -> None:
    """The event does not see the object, and the object not the event: the next tick brings them together."""
    with db.connect(autocommit=True) as connection, db.connect() as recorder:
        toy = order(connection, "car")
        recorder.execute(
            "select payments.record_payment_intent(%s, %s)",
            [toy.payment_id, Jsonb(toy.intent("requires_payment_method"))],
        )
        unplaced = Toy("car", toy.payment_id, with_metadata=False)
        event = unplaced.event(1, "payment_intent.succeeded", unplaced.intent("succeeded", "ch_1"))
        assert ingest(connection, event)["status"] == "waiting"
        recorder.commit()
        connection.execute("update payments.stripe_events set next_try_at = now()")
        assert value(connection, "select api.tick('payments.retry_stripe_events') ->> 'done'") == "1"
        assert value(connection, "select (tests.payment_of('car')).status") == "succeeded"


def test_starting_to_pay_on_eight_connections_makes_one_payment(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.order_toy('car')")
        prepare = "select payments.prepare_payment_intent(tests.id('car'), tests.session('car'))"
        keys = at_once(db, 8, lambda each, _: str(value(each, prepare)["idempotency_key"]))
        assert len(set(keys)) == 1
        assert value(connection, "select count(*) from payments.payments") == 1


def test_the_end_of_a_hold_and_its_payment_meet_without_loss(db: Clone) -> None:
    """A line that gives up an order calls off its payments while the money comes in."""

    def meet(connection: Connection, n: int) -> None:
        if n == 0:
            with connection.transaction():
                connection.execute(
                    "select from payments.orders where id = tests.id(%s) for no key update", [toy.name]
                )
                connection.execute(
                    "update toys.sales set state = 'gone' where id = tests.id(%s) and state = 'new'",
                    [toy.name],
                )
                connection.execute(
                    "select payments.cancel_open_payments(tests.id(%s), 'too late')", [toy.name]
                )
        else:
            ingest(connection, toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1")))

    with db.connect(autocommit=True) as connection:
        for run in range(10):
            toy = order(connection, f"car{run}")
            ingest(connection, toy.event(0, "payment_intent.created", toy.intent("requires_payment_method")))
            at_once(db, 2, meet)
            state = value(connection, "select state from toys.sales where id = tests.id(%s)", toy.name)
            status = value(connection, "select (tests.payment_of(%s)).status", toy.name)
            assert (state, status) in {("paid", "succeeded"), ("gone", "refund_pending")}
        assert value(connection, "select ledger.verify() -> 'ok'") is True


def test_a_check_that_is_deferred_to_commit_does_not_lose_the_event(db: Clone) -> None:
    """Without the savepoint's own check the commit would fail, and with it the inbox row."""
    with db.connect(autocommit=True) as connection:
        toy = order(connection, "car")
        connection.execute(
            "create function toys.refuse() returns trigger language plpgsql as $$ begin raise 'late'; end $$"
        )
        connection.execute(
            "create constraint trigger refuse after update on toys.sales deferrable initially deferred"
            " for each row execute function toys.refuse()"
        )
        event = toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1"))
        assert ingest(connection, event)["status"] == "failed"
        assert value(connection, "select last_error ->> 'message' from payments.stripe_events") == "late"
        assert value(connection, "select (tests.payment_of('car')).status") == "pending"


def test_a_locked_order_sends_the_event_back_to_stripe(db: Clone) -> None:
    with db.connect(autocommit=True) as connection, db.connect() as holder:
        toy = order(connection, "car")
        holder.execute("select from payments.orders for update")
        connection.execute("set lock_timeout = '50ms'")
        event = toy.event(1, "payment_intent.succeeded", toy.intent("succeeded", "ch_1"))
        try:
            ingest(connection, event)
        except psycopg.errors.LockNotAvailable:
            pass
        else:
            raise AssertionError("the lock was not waited for")
        assert value(connection, "select count(*) from payments.stripe_events") == 0
        holder.rollback()
        assert ingest(connection, event) == {
            "event_id": event["id"],
            "status": "processed",
            "duplicate": False,
        }


def until_blocked(observer: Connection, blocked: Connection) -> None:
    """Returns once the other connection waits for a lock."""
    pause = Event()
    for _ in range(1000):
        if value(observer, "select cardinality(pg_blocking_pids(%s)) > 0", blocked.info.backend_pid):
            return
        pause.wait(0.01)
    raise AssertionError("nothing is waited for")
