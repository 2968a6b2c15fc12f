"""News of a transfer come late, twice and in any order: the same payout remains."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value
from tests.payments.stripe_side import ingest
from tests.payouts.transfers import Transfers, claim, complete, create_payees, pay_out, reversed_one

STATE = """
select jsonb_build_object(
  'status', p.status, 'transfer', p.gateway_transfer_id is not null,
  'reversed', p.metadata -> 'reversed_transfers' is not null,
  'balances', tests.balances(%(name)s),
  'postings', (
    select jsonb_agg(t.type order by t.type)
    from ledger.ledger_transactions as t where t.booking_id = p.booking_id),
  'cases', (
    select jsonb_agg(x.kind)
    from core.exceptions as x where x.booking_id = p.booking_id and x.resolved_at is null),
  'batch_ended', (
    select b.status in ('completed', 'failed')
    from payments.payout_batches as b where b.id = p.payout_batch_id))
from payments.payouts as p where p.booking_id = tests.id(%(name)s)
"""
ONCE = ("answer", "transfer.created")
BACK = ("answer", "transfer.created", "transfer.updated", "transfer.reversed")


def hear(connection: Connection, name: str, news: Sequence[str]) -> object:
    """Pays a toy's maker and hears the news in this order."""
    stripe = Transfers()
    stripe.told = value(connection, "select count(*) from payments.stripe_events") * 100
    connection.execute("select tests.owe(%s, 'maker')", [name])
    pay_out(connection)
    [command] = claim(connection)
    transfer = stripe.make(command) | {"id": f"tr_{name}"}
    for kind in news:
        if kind == "answer":
            complete(connection, command, transfer)
        else:
            snapshot = reversed_one(transfer) if kind == "transfer.reversed" else transfer
            assert ingest(connection, stripe.event(kind, snapshot))["status"] in ("processed", "ignored")
    return connection.execute(STATE, {"name": name}).fetchall()[0][0]


@pytest.mark.parametrize("news", [ONCE, BACK])
def test_every_order_ends_in_the_same_payout(db: Clone, news: Sequence[str]) -> None:
    with db.connect(autocommit=True) as connection:
        create_payees(connection, "maker")
        wanted = hear(connection, "first", news)
        for number, order in enumerate(itertools.permutations(news)):
            assert hear(connection, f"toy{number:02}", order) == wanted, order
        doubled = [kind for kind in (*news, *reversed(news)) if kind != "answer"]
        assert hear(connection, "twice", [*doubled, "answer"]) == wanted
        assert value(connection, "select ledger.verify() -> 'ok'") is True
