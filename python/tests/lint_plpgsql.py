"""Checks every PL/pgSQL function of a fresh deployment with plpgsql_check, on PostgreSQL 15.

Run as `python -m tests.lint_plpgsql` from the folder `python`.
Exit codes: 0 clean, 1 findings, 3 nothing to check with.
"""

from __future__ import annotations

import sys

import psycopg

from reserve_db.deploy import migrate
from reserve_db.servers import ServerError
from reserve_db.sqltest.testserver import TestServer
from reserve_db.sqltree import SqlTree

MAJOR = 15
CHECKED = """
select count(*) from pg_proc as p join pg_language as l on l.oid = p.prolang
where l.lanname = 'plpgsql' and p.pronamespace::regnamespace::text = any (%s)
"""
FINDINGS = """
select f.function, (c).lineno, (c).level, (c).message, (c).detail, (c).hint
from (
  select p.oid::regprocedure::text as function,
         plpgsql_check.plpgsql_check_function_tb(
           funcoid => p.oid, relid => coalesce(t.tgrelid, 0), fatal_errors => false, other_warnings => true,
           extra_warnings => true, performance_warnings => false, security_warnings => true,
           oldtable => t.tgoldtable, newtable => t.tgnewtable) as c
  from pg_proc as p
  join pg_language as l on l.oid = p.prolang and l.lanname = 'plpgsql'
  join pg_namespace as n on n.oid = p.pronamespace
  left join (
    select distinct tgfoid, tgrelid, tgoldtable, tgnewtable from pg_trigger where not tgisinternal
  ) as t on t.tgfoid = p.oid
  where n.nspname = any (%s)
    and (p.prorettype <> 'trigger'::regtype or t.tgfoid is not null)
) as f
where (c).message !~ %s
order by 1, 2
"""
# The signature of a hook may demand parameters that one module does not need.
EXPECTED = "^unused parameter"


def main() -> int:
    """Deploys, checks, prints one line a finding."""
    tree = SqlTree.packaged()
    try:
        server = TestServer(MAJOR)
    except ServerError as error:
        sys.stderr.write(f"plpgsql_check not run: {error}\n")
        return 3
    try:
        with server.database("lint") as dsn:
            migrate(dsn)
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("create schema plpgsql_check")
                try:
                    connection.execute("create extension plpgsql_check schema plpgsql_check")
                except psycopg.errors.FeatureNotSupported:
                    sys.stderr.write("plpgsql_check not run: apt-get install postgresql-15-plpgsql-check\n")
                    return 3
                modules = list(tree.modules)
                checked = connection.execute(CHECKED, [modules]).fetchone()
                findings = connection.execute(FINDINGS, [modules, EXPECTED]).fetchall()
    finally:
        server.stop()
    for function, line, level, message, detail, hint in findings:
        sys.stdout.write(f"{function}:{line}: {level}: {message} {detail or ''} {hint or ''}\n")
    sys.stdout.write(f"plpgsql_check: {checked[0] if checked else 0} functions, {len(findings)} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
