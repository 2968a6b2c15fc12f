"""The same over HTTP: whatever a body, a header or a token says, the answer has a code, and is never 500."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe

from reserve_db.sqltest.bench import Bench
from tests.badinput.calls import Call
from tests.badinput.checksum import checksums
from tests.badinput.functions import read
from tests.badinput.test_functions import SEED, calls
from tests.badinput.world import CALLERS, World, build
from tests.core.crowd import value
from tests.serve.conftest import WEBHOOK_SECRET, Api, serving, token

SAMPLE = 1
JSON = {"Content-Type": "application/json"}
BODIES: dict[str, bytes] = {
    "no JSON": b"{",
    "half a key": b'{"city',
    "NaN": b'{"city_code": NaN}',
    "infinity": b'{"city_code": -Infinity}',
    "1e999": b'{"city_code": 1e999}',
    "a number of 10,000 digits": b'{"city_code": ' + b"9" * 10_000 + b"}",
    "a list": b"[]",
    "a text": b'"city_code"',
    "null": b"null",
    "no UTF-8": b'{"city_code": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"city_code": "URB"}'.encode("utf-16"),
    "a NUL": rb'{"city_code": "\u0000"}',
    "a raw NUL": b'{"city_code": "\x00"}',
    "a lone surrogate": rb'{"city_code": "\ud800"}',
    "a lone surrogate as key": rb'{"\ud800": 1}',
    "a NUL as key": rb'{"\u0000": 1}',
    "a key twice": b'{"city_code": "URB", "city_code": "FLN"}',
    "unknown keys": b'{"p_city_code": "URB"}',
    "SQL as key": b'{"city_code) from pg_class --": 1}',
    "10,000 keys": json.dumps({f"key {number}": 1 for number in range(10_000)}).encode(),
    "depth": b'{"guests": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "some depth": b'{"guests": ' + b"[" * 900 + b"]" * 900 + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}
NAMES = (
    "%00",
    "..%2f..%2fhealthz",
    "pg_sleep",
    "search_availability%3B",
    "a" * 5_000,
    "%ff%fe",
    "api.metrics",
    "%F0%9F%92%A9",
)


def changed(key: str, *wrong: Any) -> list[dict[str, Any]]:
    return [{key: value} for value in wrong]


@pytest.fixture(scope="module")
def world(bench: Bench) -> Iterator[World]:
    with bench.cloned() as clone:
        yield build(clone)


@pytest.fixture(scope="module")
def api(world: World) -> Iterator[Api]:
    with serving(world.clone.dsn) as served:
        yield served


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code; an answer without them fails the test."""
    answer = response.json()
    assert answer["success"] is False, response.text
    assert set(answer) == {"success", "error", "meta"}
    return response.status_code, answer["error"]["code"]


def ask(api: Api, call: Call) -> httpx.Response:
    """The call with the caller's token; arguments without `p_`."""
    texts = {json.dumps(name.removeprefix("p_")): text for name, text in call.arguments.items()}
    headers = {**JSON, **call.caller.headers}
    if call.caller.role != "anon" or call.caller.claims:
        headers["Authorization"] = (
            f"Bearer {token(call.caller.role, **{**call.caller.claims, 'exp': time.time() + 600})}"
        )
    body = "{" + ", ".join(f"{name}: {text}" for name, text in texts.items()) + "}"
    return api.http.post(f"/functions/v1/{call.function.name}", content=body.encode(), headers=headers)


def test_a_sample_of_bad_calls(world: World, api: Api) -> None:
    """Where an error is answered no row has changed."""
    rng = random.Random(SEED)
    wrong = []
    with world.clone.connect(autocommit=True) as operator:
        statuses = value(
            operator, "select jsonb_object_agg(code, right(sqlstate, 3)::int) from core.error_catalog()"
        )
        before = checksums(operator)
        for function in read(operator):
            for caller in CALLERS:
                every = list(calls(function, caller, world, is_thorough=True))
                for call in rng.sample(every, min(SAMPLE, len(every))):
                    response = ask(api, call)
                    if response.status_code == 200:
                        before = checksums(operator)
                        continue
                    status, code = refused(response)
                    if status == 500 or status not in (413, statuses[code]):
                        wrong.append(f"{call}\n    {status} {response.text}")
                    if checksums(operator) != before:
                        wrong.append(f"{call}\n    {status}, and yet something has changed")
                        before = checksums(operator)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_request(api: Api, body: bytes) -> None:
    response = api.http.post("/functions/v1/search_availability", content=body, headers=JSON)
    status, code = refused(response)
    assert (status, code) in (
        (400, "INVALID_REQUEST"),
        (400, "MISSING_REQUIRED_FIELD"),
        (400, "INVALID_PARAMETER"),
    )


def test_a_body_that_is_too_long(api: Api) -> None:
    body = b'{"city_code": "' + b"x" * 1_100_000 + b'"}'
    assert refused(api.http.post("/functions/v1/search_availability", content=body))[0] == 413
    in_pieces = iter([body[:1000], body[1000:]])
    assert refused(api.http.post("/functions/v1/search_availability", content=in_pieces))[0] == 413


@pytest.mark.parametrize("name", NAMES)
def test_a_function_nobody_has(api: Api, name: str) -> None:
    response = api.http.post(f"/functions/v1/{name}", json={})
    assert response.status_code in (404, 405), response.text


@pytest.mark.parametrize("bearer", ["x", "a.b.c", "é", "Bearer", "e30.e30.", "." * 10_000])
def test_a_token_that_is_none(api: Api, bearer: str) -> None:
    headers = {b"Authorization": f"Bearer {bearer}".encode("latin-1")}
    response = api.http.post("/functions/v1/trial_balance", json={}, headers=headers)
    assert refused(response) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "\0"},
        {"sub": "\ud800"},
        {"sub": 7},
        {"sub": "x" * 20_000},
        {"city_code": {"a": []}},
        {"role": ["anon"]},
        {"role": None},
    ],
    ids=str,
)
def test_strange_claims_of_a_genuine_token(api: Api, claims: dict[str, Any]) -> None:
    bearer = token(**{"role": "authenticated", **claims})
    response = api.post("trial_balance", {}, bearer=bearer)
    assert refused(response) in ((401, "UNAUTHORIZED"), (403, "FORBIDDEN"))


@pytest.mark.parametrize(
    "headers",
    [
        {b"x-session-id": b"\xff" * 20},
        {b"x-session-id": b"short"},
        {b"x-forwarded-for": b"203.0.113.7, \xe9, ::::"},
        {b"x-request-id": b"a b\xff"},
        {b"user-agent": b"x" * 20_000},
        {b"x-many": b"\x01\x02"},
    ],
    ids=str,
)
def test_strange_headers(api: Api, headers: dict[bytes, bytes]) -> None:
    response = api.http.post(
        "/functions/v1/create_booking_intent", json={"city_code": "URB"}, headers=headers
    )
    assert response.status_code == 400, response.text


class TestStripeWebhook:
    """What does not come from Stripe, or is no event of its, is refused, and nothing is kept."""

    @pytest.fixture(autouse=True)
    def nothing_changes(self, world: World) -> Iterator[None]:
        with world.clone.connect(autocommit=True) as operator:
            before = checksums(operator)
            yield
            assert checksums(operator) == before

    def deliver(self, api: Api, body: bytes, secret: str = WEBHOOK_SECRET, at: float = 0) -> int:
        """The status of the answer to a body signed so many seconds from now."""
        signature = stripe.WebhookSignature.generate_signature_header(
            payload=body.decode("latin-1"), secret=secret, timestamp=int(time.time() + at)
        )
        return api.http.post(
            "/webhooks/stripe", content=body, headers={"Stripe-Signature": signature}
        ).status_code

    @pytest.mark.parametrize(
        ("secret", "at"), [("whsec_forged", 0), (WEBHOOK_SECRET, 400), (WEBHOOK_SECRET, -400)]
    )
    def test_a_forged_an_early_and_an_old_signature(self, api: Api, secret: str, at: float) -> None:
        assert self.deliver(api, json.dumps(EVENT).encode(), secret, at) == 401

    def test_no_signature(self, api: Api) -> None:
        for headers in ({}, {"Stripe-Signature": "t=1,v1="}, {"Stripe-Signature": "x" * 50_000}):
            answer = api.http.post("/webhooks/stripe", content=json.dumps(EVENT), headers=headers)
            assert answer.status_code == 401

    @pytest.mark.parametrize(
        "body", [b"", b"no JSON", b"[]", b"null", b"{}", b'{"id": 1}', *list(BODIES.values())[:4]]
    )
    def test_a_signed_body_that_is_no_event(self, api: Api, body: bytes) -> None:
        assert self.deliver(api, body) == 400

    @pytest.mark.parametrize(
        "changes",
        [
            *changed("id", None, "", 7, {"id": "evt"}, "x" * 10_000, "evt\0", "\ud800"),
            *changed("type", None, []),
            *changed("created", None, "now", 10**20),
            *changed("data", None, [], {"object": "pi_1"}, {"object": None}),
            {"livemode": "no"},
        ],
        ids=str,
    )
    def test_an_event_with_wrong_content(self, api: Api, changes: dict[str, Any]) -> None:
        assert self.deliver(api, json.dumps({**EVENT, **changes}).encode()) == 400

    def test_a_body_that_is_too_long(self, api: Api) -> None:
        body = json.dumps({**EVENT, "surplus": "x" * 1_100_000}).encode()
        assert self.deliver(api, body) == 413


EVENT = {
    "id": "evt_bad",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_800_000_000,
    "livemode": False,
    "data": {"object": {"id": "pi_bad", "object": "payment_intent"}},
}
