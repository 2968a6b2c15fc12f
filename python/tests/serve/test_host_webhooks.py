"""The Host's webhook: who is believed, what is kept, and what the Host is told."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from reserve_db.signatures import sign
from reserve_db.sqltest.bench import Clone
from tests.serve.conftest import Api, serving

SECRET = "host_secret"
EVENT = {
    "event_type": "booking.created",
    "timestamp": "2026-11-20T10:00:00.123Z",
    "webhook_id": "w1",
    "data": {"host_booking_id": "hb_1", "host_property_id": "p1", "reservation_id": None},
}


def deliver(api: Api, body: bytes, secret: str = SECRET, age: int = 0) -> httpx.Response:
    signature = sign(body, secret, int(time.time()) - age)
    return api.http.post("/webhooks/host", content=body, headers={"Reserve-Signature": signature})


def stored(db: Clone) -> list[Any]:
    query = "select webhook_id, event_type, processed from integrations.host_webhook_events"
    with db.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(autouse=True)
def empty_inbox(toy_db: Clone) -> None:
    with toy_db.connect() as connection:
        connection.execute("delete from integrations.host_webhook_events")


@pytest.fixture
def host_api(api_with: Any) -> Api:
    served: Api = api_with(host_secrets=("host_secret_old", SECRET))
    return served


def test_a_signed_webhook_is_kept_once_and_answered(host_api: Api, toy_db: Clone) -> None:
    body = json.dumps(EVENT, indent=1).encode()
    answers = [deliver(host_api, body), deliver(host_api, body, "host_secret_old")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [{"received": True, "processed": False}] * 2
    assert stored(toy_db) == [("w1", "booking.created", False)]


def test_what_cannot_be_processed_is_received_all_the_same(host_api: Api, toy_db: Clone) -> None:
    unknown = {**EVENT, "event_type": "checkin.completed", "data": {"host_booking_id": "hb_2"}}
    answer = deliver(host_api, json.dumps(unknown).encode())
    assert (answer.status_code, answer.json()) == (200, {"received": True, "processed": False})
    with toy_db.connect() as connection:
        kinds = connection.execute(
            "select distinct kind from core.exceptions where resolved_at is null"
        ).fetchall()
    assert kinds == [("host_event_failed",)]


def test_the_same_without_an_id_is_kept_once(host_api: Api, toy_db: Clone) -> None:
    nameless = {name: value for name, value in EVENT.items() if name != "webhook_id"}
    for _ in range(2):
        assert deliver(host_api, json.dumps(nameless).encode()).status_code == 200
    assert len(stored(toy_db)) == 1


@pytest.mark.parametrize(("secret", "age"), [("another", 0), (SECRET, 301), (SECRET, -310)])
def test_a_wrong_old_or_future_signature_stores_nothing(
    host_api: Api, toy_db: Clone, secret: str, age: int
) -> None:
    assert deliver(host_api, json.dumps(EVENT).encode(), secret, age).status_code == 401
    assert stored(toy_db) == []


def test_without_a_signature_or_a_secret_nothing_is_believed(api: Api, host_api: Api, toy_db: Clone) -> None:
    assert host_api.http.post("/webhooks/host", json=EVENT).status_code == 401
    assert deliver(api, json.dumps(EVENT).encode()).status_code == 401
    assert stored(toy_db) == []


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"{}",
        json.dumps({**EVENT, "timestamp": "yesterday at tea"}).encode(),
        json.dumps({**EVENT, "data": "text"}).encode(),
        json.dumps({**EVENT, "data": {"host_booking_id": "\0"}}).encode(),
    ],
)
def test_a_signed_body_that_is_no_webhook_is_refused(host_api: Api, toy_db: Clone, body: bytes) -> None:
    assert deliver(host_api, body).status_code == 400
    assert stored(toy_db) == []


def test_while_the_database_is_away_the_host_is_told_to_come_back() -> None:
    with serving("postgresql://postgres@127.0.0.1:1/none", host_secrets=(SECRET,)) as api:
        assert deliver(api, json.dumps(EVENT).encode()).status_code == 503
