"""Calling functions: parameters, the envelope, errors, headers of the answer."""

from __future__ import annotations

from typing import Any

import pytest

from reserve_db.serve.errors import OWN_CODES
from reserve_db.sqltest.bench import Clone
from tests.serve.conftest import Api


def test_an_answer_comes_in_the_envelope(api: Api) -> None:
    response = api.post("toy_echo", {"day": "2026-03-01"}, headers={"X-Request-Id": "req-1"})
    body = response.json()
    assert set(body) == {"success", "data", "meta"}
    assert body["data"] == {"day": "2026-03-01", "number": 7, "list": None, "any": None}
    assert body["meta"]["request_id"] == response.headers["x-request-id"] == "req-1"
    assert body["meta"]["processing_time_ms"] > 0
    assert response.headers["cache-control"] == "no-store"


def test_json_values_become_sql_values(api: Api) -> None:
    body = {
        "day": "2026-03-01",
        "number": 9_007_199_254_740_993,
        "list": ["a", "ü,"],
        "any": {"p": [1, None]},
    }
    assert api.data("toy_echo", body) == body


@pytest.mark.parametrize(
    ("function", "body", "expected"),
    [
        ("no_such_function", {}, (404, "NOT_FOUND")),
        ("toy_echo", {}, (400, "MISSING_REQUIRED_FIELD")),
        ("toy_echo", {"day": "2026-03-01", "nothing": 1}, (400, "INVALID_REQUEST")),
        ("toy_echo", {"p_day": "2026-03-01"}, (400, "INVALID_REQUEST")),
        ("toy_echo", {"day": "tomorrow, perhaps"}, (400, "INVALID_REQUEST")),
        ("toy_echo", {"day": "2026-03-01", "any": "\u0000"}, (400, "INVALID_REQUEST")),
        ("toy_echo", {"day": "2026-03-01", "number": 10**30}, (400, "INVALID_REQUEST")),
        ("toy_echo", ["2026-03-01"], (400, "INVALID_REQUEST")),
        ("toy_echo); drop table x; --", {}, (404, "NOT_FOUND")),
        ("toy_echo", {'day" date); drop table x; --': 1}, (400, "INVALID_REQUEST")),
    ],
)
def test_a_malformed_call_is_refused(api: Api, function: str, body: Any, expected: tuple[int, str]) -> None:
    assert api.error(function, body) == expected


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"day": NaN}', b"[" * 100_000, b"null"])
def test_a_body_that_is_no_json_object_is_refused(api: Api, raw: bytes) -> None:
    response = api.http.post("/functions/v1/toy_echo", content=raw)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_long_body_is_refused(api: Api) -> None:
    assert api.error("toy_echo", {"day": "x" * 1_100_000}) == (413, "INVALID_REQUEST")


def test_no_body_means_no_arguments(api: Api) -> None:
    assert api.http.post("/functions/v1/toy_request").status_code == 200


def test_only_post_calls_functions(api: Api) -> None:
    assert api.http.get("/functions/v1/toy_request").status_code == 405


@pytest.fixture
def fresh_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reserve_db.database.REFRESH_SECONDS", 0)


@pytest.mark.usefixtures("fresh_signatures")
def test_a_function_deployed_later_is_found(api: Api, toy_db: Clone) -> None:
    assert api.error("toy_new") == (404, "NOT_FOUND")
    with toy_db.connect() as connection:
        connection.execute("create function api.toy_new() returns jsonb language sql as 'select jsonb ''1'''")
    assert api.data("toy_new") == 1


def test_a_catalogued_error_keeps_its_code_status_and_facts(api: Api) -> None:
    response = api.post("toy_raise", {"code": "INSUFFICIENT_INVENTORY"})
    assert response.status_code == 409
    error = response.json()["error"]
    assert (error["code"], error["details"]["field"]) == ("INSUFFICIENT_INVENTORY", "x")
    assert "explain_unavailable" in error["details"]["hint"]


def test_every_catalogued_error_has_its_http_status(api: Api, toy_db: Clone) -> None:
    with toy_db.connect() as connection:
        catalog = connection.execute(
            "select code, right(sqlstate, 3)::int from core.error_catalog()"
        ).fetchall()
    for code, status in catalog:
        assert api.error("toy_raise", {"code": code}) == (status, code)


def test_own_errors_say_what_the_catalog_says(toy_db: Clone) -> None:
    with toy_db.connect() as connection:
        rows = connection.execute("select code, right(sqlstate, 3)::int, message from core.error_catalog()")
        catalog = {code: (status, message) for code, status, message in rows}
    assert {code: catalog[code] for code in OWN_CODES} == OWN_CODES


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("22P02", (400, "INVALID_REQUEST")),
        ("23514", (400, "INVALID_REQUEST")),
        ("55P03", (503, "SERVICE_UNAVAILABLE")),
        ("57014", (503, "SERVICE_UNAVAILABLE")),
        ("40P01", (503, "SERVICE_UNAVAILABLE")),
        ("53300", (503, "SERVICE_UNAVAILABLE")),
        ("P0001", (500, "INTERNAL_ERROR")),
        ("XX000", (500, "INTERNAL_ERROR")),
        ("42P01", (500, "INTERNAL_ERROR")),
    ],
)
def test_errors_of_postgresql_are_told_by_their_class(
    api: Api, state: str, expected: tuple[int, str]
) -> None:
    assert api.error("toy_fail", {"state": state}) == expected


@pytest.mark.parametrize("state", ["P0001", "XX000", "23514", "55P03"])
def test_nothing_internal_gets_out(api: Api, state: str) -> None:
    assert "inside story" not in api.post("toy_fail", {"state": state}).text


def test_a_failure_is_logged_with_its_request_id(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.post("toy_fail", {"state": "P0001"}, headers={"X-Request-Id": "req-9"})
    assert [record.__dict__["facts"]["request_id"] for record in caplog.records] == ["req-9"]
    assert "inside story" in caplog.text


def test_waiting_for_a_lock_ends_and_says_when_to_come_back(api: Api, toy_db: Clone) -> None:
    with toy_db.connect() as other:
        other.execute("update public.toy_rows set id = id")
        response = api.post("toy_lock")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(response.headers["retry-after"]) > 0
    assert api.data("toy_lock") == 1


def test_an_answer_survives_the_loss_of_every_connection(api: Api, toy_db: Clone) -> None:
    api.data("toy_request")
    with toy_db.connect(autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 1000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert api.data("toy_request")["role"] == "anon"


def test_browsers_of_other_origins_may_call(api: Api) -> None:
    response = api.http.options(
        "/functions/v1/toy_echo",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-client-info,apikey,content-type,x-session-id",
        },
    )
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.usefixtures("fresh_signatures")
def test_reading_functions_may_be_cached_for_their_time(api: Api, toy_db: Clone) -> None:
    names = ("search_availability", "get_property_detail", "get_unit_availability_calendar")
    for name in names:
        _replace_by_toy(toy_db, name)
    headers = [api.post(name).headers["cache-control"] for name in names]
    assert headers == ["private, max-age=60", "private, max-age=300", "private, max-age=30"]


@pytest.mark.usefixtures("fresh_signatures")
def test_a_pending_payment_says_when_to_poll_again(api: Api, toy_db: Clone) -> None:
    _replace_by_toy(toy_db, "poll_payment_status", '{"status": "payment_pending"}')
    assert api.post("poll_payment_status").headers["retry-after"] == "5"
    _replace_by_toy(toy_db, "poll_payment_status", '{"status": "expired"}')
    assert "retry-after" not in api.post("poll_payment_status").headers


def _replace_by_toy(db: Clone, name: str, answer: str = "{}") -> None:
    with db.connect() as connection:
        existing = connection.execute(
            "select oid::regprocedure::text from pg_proc where proname = %s", [name]
        )
        for (function,) in existing.fetchall():
            if function.startswith("api."):
                connection.execute(f"drop function {function}")
        connection.execute(
            f"create function api.{name}() returns jsonb language sql as $$ select jsonb '{answer}' $$"
        )
