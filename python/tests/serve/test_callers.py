"""Who a request acts for: tokens, roles, claims, headers, addresses."""

from __future__ import annotations

import time
from ipaddress import ip_network
from typing import Any

import jwt
import pytest

from tests.serve.conftest import JWT_SECRET, Api, token


def test_without_a_token_the_caller_is_anon(api: Api) -> None:
    seen = api.data("toy_request")
    assert (seen["role"], seen["user"], seen["claims"]) == ("anon", "anon", {"role": "anon"})


def test_the_token_names_role_and_claims(api: Api) -> None:
    seen = api.data("toy_request", role="authenticated", claims={"sub": "user_2x", "aud": "authenticated"})
    assert seen["user"] == "authenticated"
    assert seen["claims"]["sub"] == "user_2x"


def test_a_token_without_role_is_anon_and_keeps_its_claims(api: Api) -> None:
    seen = api.data("toy_request", bearer=token(sub="somebody"))
    assert (seen["role"], seen["claims"]["sub"]) == ("anon", "somebody")


def test_the_request_is_shown_as_postgrest_shows_it(api: Api) -> None:
    seen = api.data("toy_request", headers={"X-Session-Id": "0123456789abcdef", "X-Request-Id": "r1"})
    assert (seen["method"], seen["path"]) == ("POST", "/functions/v1/toy_request")
    assert seen["headers"]["x-session-id"] == "0123456789abcdef"
    assert seen["headers"]["x-request-id"] == "r1"
    assert seen["isolation"] == "read committed"
    assert (seen["statement_timeout"], seen["lock_timeout"]) == ("10s", "3s")


def test_credentials_do_not_reach_the_database(api: Api) -> None:
    seen = api.data("toy_request", role="authenticated", headers={"Cookie": "a=b", "apikey": "k"})
    assert not {"authorization", "cookie", "apikey"} & seen["headers"].keys()


def test_nothing_of_a_request_is_left_for_the_next(api_with: Any) -> None:
    api = api_with(pool_size=1)
    api.data("toy_request", role="service_role", headers={"X-Session-Id": "0123456789abcdef"})
    seen = api.data("toy_request")
    assert seen["role"] == "anon"
    assert "x-session-id" not in seen["headers"]


@pytest.mark.parametrize(
    "bearer",
    [
        token("authenticated", secret="another-secret-of-thirty-two-bytes!"),
        token("authenticated", exp=int(time.time()) - 60),
        token("authenticated", nbf=int(time.time()) + 600),
        token("postgres"),
        jwt.encode({"role": "service_role"}, "", algorithm="none"),
        jwt.encode({"role": "service_role"}, JWT_SECRET, algorithm="HS512"),
        token("authenticated")[:-2],
        "garbage",
    ],
    ids=["foreign", "expired", "early", "unknown role", "unsigned", "other algorithm", "cut", "garbage"],
)
def test_a_bad_token_is_refused(api: Api, bearer: str) -> None:
    assert api.error("toy_request", bearer=bearer) == (401, "UNAUTHORIZED")


def test_another_scheme_is_refused(api: Api) -> None:
    assert api.error("toy_request", headers={"Authorization": "Basic YTpi"}) == (401, "UNAUTHORIZED")


def test_without_a_secret_no_token_is_accepted(api_with: Any) -> None:
    api = api_with(jwt_secret=None)
    assert api.error("toy_request", role="authenticated") == (401, "UNAUTHORIZED")
    assert api.data("toy_request")["role"] == "anon"


def test_functions_are_open_to_whom_they_are_granted(api: Api) -> None:
    assert api.error("toy_staff") == (401, "UNAUTHORIZED")
    assert api.data("toy_staff", role="authenticated") == "staff"
    assert api.error("toy_service", role="authenticated") == (403, "FORBIDDEN")
    assert api.data("toy_service", role="service_role") == "served"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ("192.0.2.0/24", "1.2.3.4", "127.0.0.1"),
        ("127.0.0.0/8", "1.2.3.4", "1.2.3.4"),
        ("127.0.0.0/8", "6.6.6.6, 1.2.3.4, 127.0.0.2", "1.2.3.4"),
        ("127.0.0.0/8", "6.6.6.6, not an address", "127.0.0.1"),
        ("127.0.0.0/8", "127.0.0.3", "127.0.0.3"),
        ("127.0.0.0/8", "", "127.0.0.1"),
    ],
    ids=["untrusted peer", "trusted", "chain", "garbage", "only proxies", "empty"],
)
def test_the_address_is_that_of_the_first_hop_we_do_not_trust(
    api_with: Any, trusted: str, forwarded: str, seen: str
) -> None:
    api = api_with(trusted_proxies=(ip_network(trusted),))
    request = api.data("toy_request", headers={"X-Forwarded-For": forwarded})
    assert request["headers"]["x-forwarded-for"] == seen


def test_an_odd_request_id_is_replaced(api: Api) -> None:
    response = api.post("toy_request", headers={"X-Request-Id": "a b\tc"})
    assert len(response.headers["x-request-id"]) == 32
