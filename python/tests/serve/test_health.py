"""What load balancers and Prometheus see."""

from __future__ import annotations

from tests.serve.conftest import Api, serving


def test_a_deployed_database_makes_it_ready(api: Api) -> None:
    assert api.http.get("/healthz").status_code == 200
    assert api.http.get("/readyz").json() == {"ready": True}


def test_an_empty_database_does_not(empty_db: str) -> None:
    with serving(empty_db) as api:
        response = api.http.get("/readyz")
    assert (response.status_code, response.json()["reason"]) == (503, "the database is not deployed")


def test_without_a_database_it_lives_but_is_not_ready() -> None:
    with serving("postgresql://postgres@127.0.0.1:1/none") as api:
        assert api.http.get("/healthz").status_code == 200
        assert api.http.get("/readyz").status_code == 503
        assert api.error("toy_echo") == (503, "SERVICE_UNAVAILABLE")
        assert "reserve_database_up 0.0" in api.http.get("/metrics").text


def test_requests_are_counted_by_function_and_status(api: Api) -> None:
    api.post("toy_request")
    api.post("no_such_function")
    text = api.http.get("/metrics").text
    assert 'reserve_http_requests_total{route="toy_request",status="200"} 1.0' in text
    assert 'reserve_http_requests_total{route="unknown",status="404"} 1.0' in text


def test_what_the_database_has_to_do_is_shown(api: Api) -> None:
    text = api.http.get("/metrics").text
    assert "reserve_database_up 1.0" in text
    for name in ("core_commands_late_seconds", "core_commands_dead", "core_exceptions_open", "lodging_holds"):
        assert f"reserve_{name} 0.0" in text
