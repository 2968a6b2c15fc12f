"""The web application over a deployed database with a few functions that misbehave on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import jwt
import pytest
import uvicorn

from reserve_db.serve.app import create_app
from reserve_db.settings import Settings
from reserve_db.sqltest.bench import Bench, Clone

JWT_SECRET = "a secret that is long enough for every algorithm of the HMAC family, 64 bytes"
WEBHOOK_SECRET = "whsec_test"
SETTINGS = Settings(jwt_secret=JWT_SECRET, stripe_webhook_secrets=(WEBHOOK_SECRET,), rate_limit=10_000)
TOYS = """
    create function api.toy_echo(
      p_day date, p_number bigint default 7, p_list text[] default null, p_any jsonb default null)
    returns jsonb language sql volatile as
    $$ select jsonb_build_object('day', p_day, 'number', p_number, 'list', p_list, 'any', p_any) $$;

    create function api.toy_request() returns jsonb language sql volatile as
    $$ select jsonb_build_object(
         'role', current_setting('role'), 'user', current_user,
         'claims', current_setting('request.jwt.claims')::jsonb,
         'headers', current_setting('request.headers')::jsonb,
         'method', current_setting('request.method'), 'path', current_setting('request.path'),
         'isolation', current_setting('transaction_isolation'),
         'statement_timeout', current_setting('statement_timeout'),
         'lock_timeout', current_setting('lock_timeout')) $$;

    create function api.toy_fail(p_state text, p_message text default 'the inside story') returns jsonb
    language plpgsql volatile as
    $$ begin raise exception using errcode = p_state, message = p_message; end $$;

    create function api.toy_raise(p_code text) returns jsonb language plpgsql volatile security definer as
    $$ begin perform core.raise(p_code, '{"field": "x"}'); return null; end $$;

    create table public.toy_rows (id integer primary key);
    insert into public.toy_rows values (1);
    create function api.toy_lock() returns jsonb language sql volatile security definer as
    $$ update public.toy_rows set id = id returning to_jsonb(id) $$;

    create function api.toy_service() returns jsonb language sql volatile as $$ select '"served"'::jsonb $$;
    revoke execute on function api.toy_service() from public;
    grant execute on function api.toy_service() to service_role;

    create function api.toy_staff() returns jsonb language sql volatile as $$ select '"staff"'::jsonb $$;
    revoke execute on function api.toy_staff() from public;
    grant execute on function api.toy_staff() to authenticated;
"""


def token(role: str | None = None, secret: str = JWT_SECRET, **claims: Any) -> str:
    named = {"role": role} if role else {}
    return jwt.encode({"exp": int(time.time()) + 600, **named, **claims}, secret, "HS256")


class Api:
    """The application as a client sees it."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def post(self, function: str, body: Any = None, **options: Any) -> httpx.Response:
        """`role` (with `claims`) or `bearer` choose the token."""
        headers = {**options.pop("headers", {})}
        if role := options.pop("role", None):
            headers["Authorization"] = f"Bearer {token(role, **options.pop('claims', {}))}"
        if bearer := options.pop("bearer", None):
            headers["Authorization"] = f"Bearer {bearer}"
        return self.http.post(f"/functions/v1/{function}", json=body, headers=headers, **options)

    def data(self, function: str, body: Any = None, **options: Any) -> Any:
        response = self.post(function, body, **options)
        assert response.status_code == 200, response.text
        assert response.json()["success"] is True
        return response.json()["data"]

    def error(self, function: str, body: Any = None, **options: Any) -> tuple[int, str]:
        """HTTP status and code of the error this call answers."""
        response = self.post(function, body, **options)
        assert response.json()["success"] is False, response.text
        return response.status_code, response.json()["error"]["code"]


@contextmanager
def serving(dsn: str, **settings: Any) -> Iterator[Api]:
    """The application on a real port, in a thread."""
    app = create_app(dsn, replace(SETTINGS, **settings))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, proxy_headers=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http:
            yield Api(http)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def toy_db(bench: Bench) -> Iterator[Clone]:
    """One deployed database for a module's tests, with the toys in it."""
    with bench.cloned() as clone:
        with clone.connect() as connection:
            connection.execute(TOYS)
        yield clone


@pytest.fixture(scope="module")
def api(toy_db: Clone) -> Iterator[Api]:
    with serving(toy_db.dsn) as served:
        yield served


@pytest.fixture
def api_with(toy_db: Clone) -> Iterator[Callable[..., Api]]:
    """Makes applications with other settings: `api_with(rate_limit=2)`."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(serving(toy_db.dsn, **settings))
