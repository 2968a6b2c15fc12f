"""Whatever order Stripe's events come in, late or twice, the same rows remain."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, at_once, value
from tests.payments.stripe_side import Json, Toy, ingest, order, paid, rows

SAMPLES = 15
Step = tuple[str, Json]
Story = Callable[[Connection, str], tuple[Toy, list[Step]]]


def card_after_a_decline(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Two tries with the same payment intent, the second one good."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.created", toy.intent("requires_payment_method")),
        ("payment_intent.requires_action", toy.intent("requires_action")),
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("charge.failed", toy.charge("ch_1", "failed")),
        ("payment_intent.processing", toy.intent("processing", "ch_2")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_2")),
        ("charge.succeeded", toy.charge("ch_2", "succeeded")),
        ("charge.updated", toy.charge("ch_2", "succeeded", "txn_2")),
    ]


def card_that_only_declines(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Two failures; the reason of the last one is shown."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("payment_intent.processing", toy.intent("processing", "ch_2")),
        ("payment_intent.payment_failed", toy.declined("ch_2", "stolen_card")),
    ]


def second_try_under_way(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """A failure, and a try whose end is not known yet."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("payment_intent.processing", toy.intent("processing", "ch_2")),
        ("charge.pending", toy.charge("ch_2", "pending")),
    ]


def authorised_and_captured(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Capture by hand."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("payment_intent.amount_capturable_updated", toy.intent("requires_capture", "ch_2")),
        ("charge.succeeded", toy.charge("ch_2", "succeeded")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_2")),
        ("charge.captured", toy.charge("ch_2", "succeeded", "txn_2")),
    ]


def cancelled_at_stripe(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Authorised, then let go."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("payment_intent.amount_capturable_updated", toy.intent("requires_capture", "ch_2")),
        ("payment_intent.canceled", toy.intent("canceled", "ch_2")),
    ]


def cancelled_and_yet_paid(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """We called it off; the customer was faster."""
    toy = order(connection, name)
    ingest(connection, toy.event(0, "payment_intent.created", toy.intent("requires_payment_method")))
    connection.execute("select payments.cancel_open_payments(tests.id(%s), 'the hold ran out')", [name])
    connection.execute("update toys.sales set state = 'gone' where id = tests.id(%s)", [name])
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("charge.succeeded", toy.charge("ch_1", "succeeded", "txn_1")),
    ]


def nothing_known_beforehand(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Objects without our metadata: all wait for the session, the only one that names the payment."""
    connection.execute("select tests.order_toy(%s)", [name])
    started = "select (payments.start_payment(tests.id(%s), 'stripe_checkout', tests.session(%s))).id"
    toy = Toy(name, str(value(connection, started, name, name)), with_metadata=False)
    return toy, [
        ("checkout.session.completed", toy.session("complete", "paid")),
        ("payment_intent.created", toy.intent("requires_payment_method")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("charge.succeeded", toy.charge("ch_1", "succeeded", "txn_1")),
        ("refund.created", toy.refund("succeeded", 2500)),
    ]


def page_paid_slowly(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """The page is complete before the money is there."""
    toy = page(connection, name)
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("checkout.session.completed", toy.session("complete", "unpaid")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("checkout.session.async_payment_succeeded", toy.session("complete", "paid")),
        ("charge.succeeded", toy.charge("ch_1", "succeeded", "txn_1")),
    ]


def page_not_paid_after_all(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """The page is complete, and then no money comes."""
    toy = page(connection, name)
    return toy, [
        ("payment_intent.processing", toy.intent("processing", "ch_1")),
        ("checkout.session.completed", toy.session("complete", "unpaid")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "insufficient_funds")),
        ("checkout.session.async_payment_failed", toy.session("complete", "unpaid")),
    ]


def page_left_alone(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """A card is declined, and the page closes with its intent."""
    toy = page(connection, name)
    return toy, [
        ("payment_intent.created", toy.intent("requires_payment_method")),
        ("payment_intent.payment_failed", toy.declined("ch_1", "lost_card")),
        ("payment_intent.canceled", toy.intent("canceled", "ch_1")),
        ("checkout.session.expired", toy.session("expired", "unpaid")),
    ]


def page_called_off_and_yet_paid(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """The hold ran out; the customer was faster than the closing of the page."""
    toy = page(connection, name)
    connection.execute("select payments.cancel_open_payments(tests.id(%s), 'the hold ran out')", [name])
    connection.execute("update toys.sales set state = 'gone' where id = tests.id(%s)", [name])
    return toy, [
        ("payment_intent.created", toy.intent("requires_payment_method")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("checkout.session.completed", toy.session("complete", "paid")),
    ]


def page(connection: Connection, name: str) -> Toy:
    """A toy whose page is open."""
    connection.execute("select tests.order_toy(%s)", [name])
    prepare = "select payments.prepare_checkout_session(tests.id(%s), tests.session(%s), 'https://a.b', null)"
    toy = Toy(name, str(value(connection, prepare, name, name)["payment_id"]))
    opened = json.dumps(toy.session("open", "unpaid", intent=False))
    connection.execute("select payments.record_checkout_session(%s, %s)", [toy.payment_id, opened])
    return toy


def refunded(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """A partial refund that we asked for."""
    toy = paid(connection, name)
    refund_id = ask_for_refund(connection, toy)
    return toy, [
        ("refund.created", toy.refund("pending", 4000, refund_id)),
        ("refund.updated", toy.refund("succeeded", 4000, refund_id)),
        ("charge.refund.updated", toy.refund("succeeded", 4000, refund_id)),
        ("charge.refunded", toy.charge("ch", "succeeded", "txn_1")),
    ]


def refunded_at_stripe(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Paid, and refunded in full by hand in Stripe's dashboard, which tells no metadata of ours."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.created", toy.intent("requires_payment_method")),
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("refund.created", toy.refund("pending", 10000)),
        ("refund.updated", toy.refund("succeeded", 10000)),
    ]


def refund_that_came_back(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Settled, then failed: the books may have seen it settled or not, and balance alike."""
    toy = paid(connection, name)
    refund_id = ask_for_refund(connection, toy)
    return toy, [
        ("refund.created", toy.refund("pending", 4000, refund_id)),
        ("refund.updated", toy.refund("succeeded", 4000, refund_id)),
        ("refund.failed", toy.refund("failed", 4000, refund_id)),
    ]


def dispute_won(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Paid and disputed; the bank gives the money back, but not its fee."""
    toy = order(connection, name)
    return toy, [
        ("payment_intent.succeeded", toy.intent("succeeded", "ch_1")),
        ("charge.dispute.created", toy.dispute("needs_response")),
        ("charge.dispute.funds_withdrawn", toy.dispute("needs_response", -10000)),
        ("charge.dispute.updated", toy.dispute("under_review", -10000)),
        ("charge.dispute.funds_reinstated", toy.dispute("won", 10000, -10000)),
        ("charge.dispute.closed", toy.dispute("won", -10000, 10000)),
    ]


def dispute_lost(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """What was taken is told by one event alone: the end waits for it."""
    toy = paid(connection, name)
    return toy, [
        ("charge.dispute.created", toy.dispute("needs_response")),
        ("charge.dispute.funds_withdrawn", toy.dispute("needs_response", -10000)),
        ("charge.dispute.closed", toy.dispute("lost")),
    ]


def inquiry_that_became_a_dispute(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """Of a part, after a refund of another part."""
    toy = paid(connection, name)
    refund_id = ask_for_refund(connection, toy)
    return toy, [
        ("refund.created", toy.refund("pending", 4000, refund_id)),
        ("refund.updated", toy.refund("succeeded", 4000, refund_id)),
        ("charge.dispute.created", toy.dispute("warning_needs_response", amount=5000)),
        ("charge.dispute.updated", toy.dispute("warning_under_review", amount=5000)),
        ("charge.dispute.funds_withdrawn", toy.dispute("needs_response", -5000, amount=5000)),
        ("charge.dispute.closed", toy.dispute("lost", -5000, amount=5000)),
    ]


def refund_that_met_a_dispute(connection: Connection, name: str) -> tuple[Toy, list[Step]]:
    """A refund fails while its payment is disputed, or after that is lost."""
    toy = paid(connection, name)
    refund_id = ask_for_refund(connection, toy)
    return toy, [
        ("refund.created", toy.refund("pending", 4000, refund_id)),
        ("refund.failed", toy.refund("failed", 4000, refund_id)),
        ("charge.dispute.created", toy.dispute("needs_response")),
        ("charge.dispute.funds_withdrawn", toy.dispute("needs_response", -10000)),
        ("charge.dispute.closed", toy.dispute("lost", -10000)),
    ]


def ask_for_refund(connection: Connection, toy: Toy) -> str:
    ask = "select (payments.request_refund(%s, 4000, 'customer_request', null, 'a', null)).id"
    return str(value(connection, ask, toy.payment_id))


def without_postings(found: list[str]) -> list[str]:
    """Rows but for the postings, of which only the balances count where a refund fails late."""
    return [row for row in found if not row.startswith('{"transaction"')]


BALANCES_ONLY: list[Story] = [refund_that_came_back, refund_that_met_a_dispute]
STORIES: list[Story] = [
    card_after_a_decline,
    card_that_only_declines,
    second_try_under_way,
    authorised_and_captured,
    cancelled_at_stripe,
    cancelled_and_yet_paid,
    nothing_known_beforehand,
    page_paid_slowly,
    page_not_paid_after_all,
    page_left_alone,
    page_called_off_and_yet_paid,
    refunded,
    refunded_at_stripe,
    refund_that_came_back,
    dispute_won,
    dispute_lost,
    inquiry_that_became_a_dispute,
    refund_that_met_a_dispute,
]


def orders(length: int, rng: random.Random) -> Iterator[list[int]]:
    """The story as told, then others: all where they are few, else some; then some with each event twice."""
    yield list(range(length))
    if length <= 3:
        yield from (list(permutation) for permutation in itertools.permutations(range(length)))
    else:
        for _ in range(SAMPLES):
            yield rng.sample(range(length), length)
    for _ in range(SAMPLES // 3):
        yield rng.sample([*range(length), *range(length)], 2 * length)


@pytest.mark.parametrize("story", STORIES)
def test_every_order_ends_in_the_same_rows(db: Clone, story: Story) -> None:
    rng = random.Random(story.__name__)
    with db.connect(autocommit=True) as connection:
        wanted: list[str] = []
        length = len(story(connection, "first")[1])
        for run, sequence in enumerate(orders(length, rng)):
            toy, steps = story(connection, f"t{run:03}")
            for number in sequence:
                ingest(connection, toy.event(number + 1, *steps[number]))
            got = rows(connection, toy)
            if story in BALANCES_ONLY:
                got = without_postings(got)
                got.append(str(value(connection, "select tests.balances(%s)", toy.name)))
            wanted = wanted or got
            assert got == wanted, f"in the order {sequence}"
        open_events = (
            "select count(*) from payments.stripe_events where status not in ('processed', 'ignored')"
        )
        assert value(connection, open_events) == 0
        assert value(connection, "select ledger.verify() -> 'ok'") is True


@pytest.mark.parametrize("story", STORIES)
def test_all_at_once_ends_in_the_same_rows(db: Clone, story: Story) -> None:
    """Each event twice, every delivery on a connection of its own."""

    def deliver(connection: Connection, n: int) -> None:
        step = n % len(steps)
        ingest(connection, toy.event(step + 1, *steps[step]))

    with db.connect(autocommit=True) as connection:
        toy, steps = story(connection, "n01")
        for number, step in enumerate(steps):
            ingest(connection, toy.event(number + 1, *step))
        wanted = without_postings(rows(connection, toy))
        toy, steps = story(connection, "n02")
        at_once(db, 2 * len(steps), deliver)
        connection.execute("update payments.stripe_events set next_try_at = now() where status = 'waiting'")
        connection.execute("select payments.tick_retry_stripe_events(100)")
        assert without_postings(rows(connection, toy)) == wanted
        balances = "select tests.balances('n01') = tests.balances('n02')"
        assert value(connection, balances) is True


def test_the_words_for_rows_tell_apart(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        assert rows(connection, paid(connection, "n01")) == rows(connection, paid(connection, "n02"))
        assert rows(connection, order(connection, "n03")) != rows(connection, paid(connection, "n04"))
