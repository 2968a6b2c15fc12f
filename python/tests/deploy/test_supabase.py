"""The product where `auth` and the API roles exist and belong to others, deployed by an ordinary role."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reserve_db.deploy import migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.rehearse import rehearse
from reserve_db.deploy.verify import notes, verify
from reserve_db.sqltest.testserver import TestServer

LEFT_OUT = ["foreign keys to auth.users are left out: this role has no REFERENCES privilege there"]
API_ROLES = ("anon", "authenticated", "service_role", "authenticator")

PLATFORM = """
create schema auth authorization {admin};
create table auth.users (
  instance_id uuid, id uuid primary key, email character varying(255), encrypted_password text,
  raw_user_meta_data jsonb, created_at timestamptz, phone text unique, is_sso_user boolean not null
);
alter table auth.users owner to {admin};
alter table auth.users enable row level security;
create function auth.uid() returns uuid language sql stable as
  $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
alter function auth.uid() owner to {admin};
grant usage on schema auth to {deployer}, anon, authenticated, service_role;
grant {rights} on auth.users to {deployer};
create policy everything on auth.users for select to {deployer} using (true);
alter default privileges for role {deployer} in schema public grant all on functions to anon, authenticated;
alter default privileges for role {deployer} in schema public grant all on tables to anon, authenticated;
"""


@pytest.fixture(params=["select, references", "select"], ids=["with references", "without references"])
def platform(request: pytest.FixtureRequest, server: TestServer) -> Iterator[tuple[str, bool]]:
    """Connection string of the deployer, and whether it may refer to auth.users."""
    suffix = secrets.token_hex(4)
    deployer, admin = f"deployer_{suffix}", f"auth_admin_{suffix}"
    with server.connect() as root:
        for role in API_ROLES:
            if root.execute("select from pg_roles where rolname = %s", (role,)).fetchone() is None:
                root.execute(f"create role {role} nologin noinherit")
        root.execute(f"create role {admin} nologin")
        root.execute(f"create role {deployer} login nosuperuser")
        root.execute(f"grant anon, authenticated, service_role to {deployer}")
        root.execute(f"create database {deployer} owner {deployer}")
    with server.connect(deployer) as root:
        root.execute(PLATFORM.format(admin=admin, deployer=deployer, rights=request.param))
    yield make_conninfo(server.dsn(deployer), user=deployer), "references" in request.param
    server.drop_database(deployer)
    with server.connect() as root:
        root.execute(f"drop role {deployer}; drop role {admin}")


def test_the_product_deploys(platform: tuple[str, bool], server: TestServer) -> None:
    dsn, may_refer = platform
    expected = [] if may_refer else LEFT_OUT
    planned = plan(dsn)
    assert planned.notes == expected
    rehearsed = rehearse(dsn)
    assert rehearsed.notes == []

    root_dsn = make_conninfo(dsn, user="postgres")
    auth = """
        select c.relname, c.relacl::text, c.relowner::regrole::text, c.relnatts from pg_class as c
        where c.relnamespace = 'auth'::regnamespace order by 1"""
    with psycopg.connect(root_dsn, autocommit=True) as root:
        before = root.execute(auth).fetchall()
        said: list[str] = []
        assert migrate(dsn, progress=said.append).changed
        assert root.execute(auth).fetchall() == before
        keys = """
            select count(*) from pg_constraint where contype = 'f' and confrelid = 'auth.users'::regclass"""
        assert (root.execute(keys).fetchone() != (0,)) == may_refer
    assert any("foreign keys are left out" in line for line in said) != may_refer
    assert (notes(dsn), verify(dsn)) == (expected, [])
    assert not migrate(dsn).changed
    assert {c.object for c in rehearsed.changes if c.key[0] == "table"} == {
        f"table {table}" for table in tables(root_dsn)
    }


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as root:
        rows = root.execute("""
            select c.oid::regclass::text from pg_class as c
            where c.relkind in ('r', 'p') and not c.relispartition
              and c.relnamespace::regnamespace::text in (select name from core.modules)""")
        return {name for (name,) in rows}
