"""The product where `auth` and the API roles exist and belong to others, deployed by an ordinary role."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reserve_db.deploy import migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.rehearse import rehearse
from reserve_db.deploy.verify import notes, verify
from reserve_db.sqltest.testserver import TestServer
from tests.deploy import deployers

LEFT_OUT = ["foreign keys to auth.users are left out: this role has no REFERENCES privilege there"]


@pytest.fixture(params=["select, references", "select"], ids=["with references", "without references"])
def platform(request: pytest.FixtureRequest, server: TestServer) -> Iterator[tuple[str, bool]]:
    """Connection string of the deployer, and whether it may refer to auth.users."""
    with deployers.platform(server, request.param) as dsn:
        yield dsn, "references" in request.param


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
