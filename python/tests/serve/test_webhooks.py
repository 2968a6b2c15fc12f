"""Stripe's webhook: signatures of the real SDK, and what is kept."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
import stripe

from reserve_db.signatures import is_genuine, sign
from reserve_db.sqltest.bench import Clone
from tests.serve.conftest import WEBHOOK_SECRET, Api, serving

EVENT = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1_700_000_000,
    "livemode": False,
    "type": "customer.created",
    "data": {"object": {"id": "cus_1", "object": "customer"}},
}


def deliver(
    api: Api, body: bytes, secret: str = WEBHOOK_SECRET, age: int = 0, header: str | None = None
) -> httpx.Response:
    signed = stripe.WebhookSignature.generate_signature_header(
        payload=body.decode(), secret=secret, timestamp=int(time.time()) - age
    )
    return api.http.post("/webhooks/stripe", content=body, headers={"Stripe-Signature": header or signed})


def stored(db: Clone) -> list[Any]:
    with db.connect() as connection:
        return connection.execute("select event_id, type, status from payments.stripe_events").fetchall()


@pytest.fixture(autouse=True)
def empty_inbox(toy_db: Clone) -> None:
    with toy_db.connect() as connection:
        connection.execute("delete from payments.stripe_events")


def test_a_signed_event_is_kept_and_thanked(api: Api, toy_db: Clone) -> None:
    response = deliver(api, json.dumps(EVENT, indent=2).encode())
    assert (response.status_code, response.json()) == (200, {"received": True})
    assert stored(toy_db) == [("evt_1", "customer.created", "ignored")]


def test_the_same_event_again_changes_nothing(api: Api, toy_db: Clone) -> None:
    body = json.dumps(EVENT).encode()
    assert [deliver(api, body).status_code for _ in range(3)] == [200] * 3
    assert len(stored(toy_db)) == 1


@pytest.mark.parametrize(
    ("secret", "age"), [("whsec_other", 0), (WEBHOOK_SECRET, 301), (WEBHOOK_SECRET, -310)]
)
def test_a_wrong_old_or_future_signature_stores_nothing(
    api: Api, toy_db: Clone, secret: str, age: int
) -> None:
    assert deliver(api, json.dumps(EVENT).encode(), secret, age).status_code == 401
    assert stored(toy_db) == []


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=1,t=2,v1=ab", "v1=ab", "t=x,v1=ab", "t=²,v1=ü"])
def test_a_malformed_signature_is_refused(header: str) -> None:
    assert not is_genuine(b"{}", header, (WEBHOOK_SECRET,))


def test_a_changed_body_is_refused() -> None:
    header = sign(b"{}", WEBHOOK_SECRET)
    assert is_genuine(b"{}", header, (WEBHOOK_SECRET,))
    assert not is_genuine(b"{} ", header, (WEBHOOK_SECRET,))
    assert not is_genuine(b"{}", header, ())


def test_our_signature_is_the_sdks() -> None:
    body = '{"ü": 1}'
    stripe.WebhookSignature.verify_header(body, sign(body.encode(), "whsec_x"), "whsec_x", 300)


def test_two_secrets_are_valid_while_one_is_replaced(api_with: Any) -> None:
    api = api_with(stripe_webhook_secrets=("whsec_old", "whsec_new"))
    for number, secret in enumerate(("whsec_old", "whsec_new")):
        body = json.dumps({**EVENT, "id": f"evt_{number}"}).encode()
        assert deliver(api, body, secret).status_code == 200
    assert deliver(api, json.dumps(EVENT).encode()).status_code == 401


@pytest.mark.parametrize("body", [b"not json", b"[]", b'"evt"'])
def test_a_signed_body_that_is_no_event_is_refused(api: Api, toy_db: Clone, body: bytes) -> None:
    assert deliver(api, body).status_code == 400
    assert stored(toy_db) == []


def test_while_the_database_is_away_stripe_is_told_to_come_back() -> None:
    with serving("postgresql://postgres@127.0.0.1:1/none") as api:
        assert deliver(api, json.dumps(EVENT).encode()).status_code == 503
