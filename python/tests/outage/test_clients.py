"""Nonsense from a provider is no answer: nothing of it is believed, and it takes no longer than it may."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from reserve_db.host_client import HostClient
from reserve_db.providers import ProviderError
from reserve_db.stripe_gateway import StripeGateway
from reserve_db.worker.handlers import Command, Handler, host_handlers, stripe_handlers
from tests.outage.nonsense import NONSENSE, Answer, mad

LIMIT_SECONDS = 0.5
REQUESTS_AT_MOST = 2
BOOKING = {"reservation_id": "018f3a5e-7c1e-7000-8000-000000000001"}
REFUND = {"payment_intent_id": "pi_1", "amount": 100, "refund_id": "r", "payment_id": "p", "booking_id": "b"}
TRANSFER = {"amount": 100, "currency": "brl", "destination": "acct_1", "payout_id": "p", "booking_id": "b"}
TOPICS: dict[str, dict[str, Any]] = {
    "payments.create_refund": REFUND,
    "payments.create_transfer": TRANSFER,
    "payments.cancel_payment_intent": {"payment_intent_id": "pi_1"},
    "payments.fetch_stripe_object": {"object": "charge", "id": "ch_1"},
    "lodging.commit_booking": BOOKING,
    "lodging.cancel_booking": BOOKING,
}


def ask(topic: str, url: str) -> Any:
    """Carries out one command at that address."""
    command = Command("outbox-1", topic, TOPICS[topic], 2, 1, "token", "outbox-1:1", look_up_first=False)

    async def carry_out() -> Any:
        stripe, host = (
            StripeGateway("sk_test_x", url, LIMIT_SECONDS),
            HostClient(url, "key", "secret", LIMIT_SECONDS),
        )
        try:
            handlers: dict[str, Handler] = stripe_handlers(stripe) | host_handlers(host)
            return await handlers[topic](command)
        finally:
            await stripe.close()
            await host.close()

    return asyncio.run(carry_out())


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
@pytest.mark.parametrize("topic", TOPICS)
def test_nonsense_is_no_answer(topic: str, answer: Answer) -> None:
    with mad(answer) as provider:
        began = time.monotonic()
        with pytest.raises(ProviderError) as caught:
            ask(topic, provider.url)
        assert time.monotonic() - began < 10 * LIMIT_SECONDS
    assert caught.value.retry
    assert len(str(caught.value.as_json())) < 1_000
    assert provider.requests <= REQUESTS_AT_MOST
