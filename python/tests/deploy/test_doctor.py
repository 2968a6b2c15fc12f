"""What the doctor finds, and what it keeps to itself."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reserve_db.sqltest.bench import Clone
from tests.deploy.conftest import Run
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.standins.stripe_server import SECRET_KEY, StripeStandIn

Findings = dict[str, tuple[str, str]]


def examine(run: Run, status: int, *arguments: str, **environment: str) -> Findings:
    """The findings by what they are about; checks the exit status, and that no secret is told."""
    done = run("doctor", "--json", *arguments, **environment)
    assert done.returncode == status, done.stdout + done.stderr
    for name in ("RESERVE_JWT_SECRET", "RESERVE_STRIPE_API_KEY", "RESERVE_HOST_SECRETS"):
        assert environment.get(name, "\0") not in done.stdout + done.stderr
    return {f["about"]: (f["status"], f["detail"]) for f in json.loads(done.stdout)["findings"]}


def test_all_is_well(db: Clone, run: Run) -> None:
    with StripeStandIn() as stripe, HostStandIn() as host:
        found = examine(
            run, 0, "--dsn", db.dsn,
            RESERVE_JWT_SECRET="a secret of 32 bytes for the tests",
            RESERVE_STRIPE_API_KEY=SECRET_KEY, RESERVE_STRIPE_URL=stripe.url,
            RESERVE_HOST_URL=host.url, RESERVE_HOST_API_KEY=API_KEY, RESERVE_HOST_SECRETS=SECRET,
        )  # fmt: skip
    assert {about for about, (status, _) in found.items() if status != "ok"} <= {"mail server"}
    assert found["drift"] == ("ok", "as deployed")
    assert found["RESERVE_JWT_SECRET"] == ("ok", "set")
    assert found["RESERVE_RATE_LIMIT"] == ("ok", "not set")
    assert found["Stripe"][1] == found["Host"][1] == "answers, and accepts our key"


def test_what_providers_say_is_passed_on(db: Clone, run: Run) -> None:
    with HostStandIn() as host:
        found = examine(
            run, 1, "--dsn", db.dsn,
            RESERVE_STRIPE_API_KEY="sk_test_none", RESERVE_STRIPE_URL="http://127.0.0.1:1",
            RESERVE_HOST_URL=host.url, RESERVE_HOST_API_KEY="wrong", RESERVE_HOST_SECRETS=SECRET,
        )  # fmt: skip
    assert found["Stripe"] == ("failed", "NO_ANSWER: Stripe did not answer.")
    assert found["Host"][0] == "failed"


def test_malformed_settings_are_named_without_their_values(db: Clone, run: Run) -> None:
    found = examine(
        run, 1, "--dsn", db.dsn,
        RESERVE_JWT_SECRET="short-one", RESERVE_POOL_SIZE="many", RESERVE_RATELIMIT="5",
    )  # fmt: skip
    assert found["RESERVE_JWT_SECRET"] == ("failed", "must have at least 32 bytes")
    assert found["RESERVE_POOL_SIZE"][0] == "failed"
    assert found["RESERVE_RATELIMIT"] == ("warning", "is read by nothing: is it misspelt?")
    assert found["providers"][0] == "warning"


def test_drift_is_a_failure(db: Clone, run: Run) -> None:
    with db.connect(autocommit=True) as sql:
        sql.execute("create table core.mine (id int)")
    found = examine(run, 1, "--dsn", db.dsn)
    assert found["drift"][0] == "failed"
    assert "core.mine is extra" in found["drift"][1]


def test_an_ordinary_role_and_an_empty_database(plain: str, run: Run) -> None:
    found = examine(run, 0, "--dsn", plain)
    assert found["rights"] == ("ok", "no superuser, which is not needed")
    assert found["deployed"] == ("warning", "nothing yet: run reserve-db migrate")
    assert found["auth"] == ("ok", "no schema auth: migrate will make a stand-in")


@pytest.mark.parametrize(
    ("granted", "status"), [("select, references", "ok"), ("select", "warning"), ("references", "failed")]
)
def test_rights_on_users(granted: str, status: str, plain: str, run: Run) -> None:
    with psycopg.connect(make_conninfo(plain, user="postgres")) as platform:
        platform.execute("create schema auth; create table auth.users (id uuid primary key)")
        platform.execute("grant usage on schema auth to public")
        platform.execute(f"grant {granted} on auth.users to public")
    found = examine(run, 1 if status == "failed" else 0, "--dsn", plain)
    assert found["auth"][0] == status


def test_without_a_server(run: Run) -> None:
    found = examine(run, 3, "--dsn", "host=127.0.0.1 port=1")
    assert found["database"][0] == "failed"
    assert found["RESERVE_JWT_SECRET"] == ("ok", "not set")
