"""How often one address may call."""

from __future__ import annotations

from typing import Any

from reserve_db.serve.callers import network_of
from reserve_db.serve.rate_limit import RateLimit


def test_the_call_after_the_last_allowed_one_waits(api_with: Any) -> None:
    api = api_with(rate_limit=2)
    assert [api.post("toy_request").status_code for _ in range(3)] == [200, 200, 429]
    response = api.post("toy_request")
    assert response.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 0 < int(response.headers["retry-after"]) <= 60


def test_our_own_backends_are_not_limited(api_with: Any) -> None:
    api = api_with(rate_limit=1)
    assert [api.post("toy_request", role="service_role").status_code for _ in range(3)] == [200] * 3


def test_webhooks_and_health_are_not_limited(api_with: Any) -> None:
    api = api_with(rate_limit=1)
    api.post("toy_request")
    assert api.http.get("/healthz").status_code == 200
    assert api.http.post("/webhooks/stripe").status_code == 401


def test_every_address_has_its_own_minute() -> None:
    now = 0.0
    limit = RateLimit(2, lambda: now)
    assert [limit.seconds_to_wait("a") for _ in range(3)] == [0, 0, 60]
    assert limit.seconds_to_wait("b") == 0
    now = 59.5
    assert limit.seconds_to_wait("a") == 1
    now = 60.0
    assert limit.seconds_to_wait("a") == 0


def test_an_ipv6_client_is_its_network() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("192.0.2.1") == "192.0.2.1"
