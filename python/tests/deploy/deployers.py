"""Databases whose deploying role is an ordinary one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

from reserve_db.sqltest.testserver import TestServer

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


@contextmanager
def plain(server: TestServer) -> Iterator[str]:
    """A database owned by a role that may make roles and nothing more; connection string of that role."""
    name = f"deployer_{secrets.token_hex(4)}"
    with server.connect() as admin:
        admin.execute(f"create role {name} login createrole")
        admin.execute(f"create database {name} owner {name}")
    yield make_conninfo(server.dsn(name), user=name)
    server.drop_database(name)
    with server.connect() as admin:
        admin.execute(f"drop role {name}")


@contextmanager
def platform(server: TestServer, rights: str) -> Iterator[str]:
    """As on Supabase: `auth` and the API roles are there and belong to others.

    The connection string is that of a deployer with these `rights` on auth.users.
    """
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
        root.execute(PLATFORM.format(admin=admin, deployer=deployer, rights=rights))
    yield make_conninfo(server.dsn(deployer), user=deployer)
    server.drop_database(deployer)
    with server.connect() as root:
        root.execute(f"drop role {deployer}; drop role {admin}")
