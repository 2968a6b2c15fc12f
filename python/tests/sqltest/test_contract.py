"""Each rule that sql/tests/contract reads from the catalog finds its culprit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.sqltest.report import describe
from reserve_db.sqltest.runner import run

CONTRACT = Path(__file__).parents[3] / "sql/tests/contract"

TABLES = {
    "every table has row-level security": "create table core.culprit (id int)",
    "text is text, times have a zone, JSON is jsonb, and nothing is of type money": (
        "create table core.culprit (name varchar(9))"
    ),
    "amounts are whole minor units": "create table core.culprit (fee_amount numeric)",
    "a table with amounts says in which currency": "create table core.culprit (fee_amount bigint)",
    "no id comes from a sequence": "create table core.culprit (id bigserial)",
    "every table has a primary key": "create table core.culprit (id int)",
    "every foreign key says what happens on delete": (
        "create table core.culprit (city text references core.cities (code))"
    ),
    "nothing about money is deleted along with something else": (
        "create table ledger.culprit (city text references core.cities (code) on delete cascade)"
    ),
    "every foreign key has an index": (
        "create table core.culprit (city text references core.cities (code) on delete restrict)"
    ),
    "every constraint is validated": (
        "create table core.culprit (id int);"
        "alter table core.culprit add constraint positive check (id > 0) not valid"
    ),
    "every table and view is explained": "create view core.culprit as select 1 as one",
}

POLICIES = {
    "a policy is for one operation": "create policy culprit on core.settings to anon using (false)",
    "a policy is for one named role": "create policy culprit on core.settings for select using (false)",
    "no policy lets clients see or write everything": (
        "create policy culprit on core.settings for select to anon using (true)"
    ),
    "policies ask access, not auth, who is asking": (
        "create policy culprit on core.settings for select to anon using (auth.uid() is null)"
    ),
    "policies ask once per statement, not once per row": (
        "create policy culprit on core.settings for select to anon using (access.subject() is null)"
    ),
    "clients write no table": (
        "create table core.culprit (id int); grant delete on core.culprit to authenticated"
    ),
    "clients write no column": (
        "create table core.culprit (id int); grant update (id) on core.culprit to anon"
    ),
    "no role of the API writes the audit log or the books": (
        "create table audit.culprit (id int); grant truncate on audit.culprit to service_role"
    ),
    "clients can name nothing outside api": (
        "create schema culprit; insert into core.modules values ('culprit', 9);"
        "grant usage on schema culprit to anon"
    ),
}

FUNCTIONS = {
    "whoever runs with its owner's rights has an empty search_path": (
        "create function core.culprit() returns int language sql security definer as 'select 1'"
    ),
    "every body that is bound when it runs has an empty search_path": (
        "create function core.culprit() returns int language sql as 'select 1'"
    ),
    "no function may be called by everybody": (
        "create function core.culprit() returns int language sql as 'select 1'"
    ),
    "no function has two signatures": (
        "create function core.culprit() returns int language sql as 'select 1';"
        "create function core.culprit(p_i int) returns int language sql as 'select 1'"
    ),
    "every function is explained": "create function core.culprit() returns int language sql as 'select 1'",
    "parameters are called p_…": "create function core.culprit(i int) returns int language sql as 'select 1'",
    "nobody asks auth.uid() or auth.role(): they fail for subjects that are no uuid": (
        "create function core.culprit() returns uuid language sql as 'select auth.uid()'"
    ),
    "no function asks to be retried with 40001": (
        "create function core.culprit() returns void language plpgsql as"
        " $$ begin raise exception using errcode = '40001'; end $$"
    ),
    "no function returns a row of a view": (
        "create view core.seen as select 1 as one;"
        "create function core.culprit() returns core.seen language sql as 'select 1'"
    ),
    "trigger functions, and only they, are called tg_…": (
        "create function core.culprit() returns trigger language plpgsql as 'begin return new; end'"
    ),
}

TRIGGER = "create trigger {name} before update on core.settings for each row execute function {function}()"
STATE = (
    "create type core.culprit_state as enum ('lost');create table core.culprit (status core.culprit_state);"
)
MACHINE = (
    "create trigger _300_guard before insert on core.culprit"
    " for each row execute function core.tg__enforce_transition('culprit', 'status')"
)
TRIGGERS = {
    "triggers are called _NNN_task: 1xx stamp, 3xx guard, 5xx effect, 9xx notify": (
        TRIGGER.format(name="culprit", function="core.tg__stamp_updated")
    ),
    "their functions are ours, called tg__task or tg_table__task": (
        "create function public.tg__culprit() returns trigger language plpgsql as 'begin return new; end';"
        + TRIGGER.format(name="_100_culprit", function="public.tg__culprit")
    ),
    "a function named for one table serves that table": (
        TRIGGER.format(name="_100_culprit", function="ledger.tg_ledger_entries__balance")
    ),
    "every trigger is enabled": (
        TRIGGER.format(name="_100_culprit", function="core.tg__stamp_updated")
        + "; alter table core.settings disable trigger _100_culprit"
    ),
    "every status moves along a state machine": STATE,
    "every state machine that is used has a beginning": STATE + MACHINE,
    "every state can be reached": STATE + MACHINE,
}

API = {
    "functions of api run as their caller": (
        "create function api.culprit() returns jsonb language sql security definer as 'select null::jsonb'"
    ),
    "functions of api are one statement, bound when they are made": (
        "create function api.culprit() returns int begin atomic select 1; select 2; end"
    ),
    "functions of api call one function of a module": (
        "create function api.culprit() returns int begin atomic select 1; end"
    ),
    "functions of api are as volatile as what they call": (
        "create function api.culprit() returns timestamptz immutable begin atomic select core.now(); end"
    ),
    "functions of api return jsonb": (
        "create function api.culprit() returns timestamptz begin atomic select core.now(); end"
    ),
    "who may call a function of api may call what is behind it": (
        "create function core.hidden() returns int language sql as 'select 1';"
        "revoke execute on function core.hidden() from public;"
        "create function api.culprit() returns int begin atomic select core.hidden(); end"
    ),
    "every function of api is granted to somebody": (
        "create function api.culprit() returns int begin atomic select 1; end;"
        "revoke execute on function api.culprit() from public"
    ),
    "views of api read as their caller": "create view api.culprit as select 1 as one",
}

MODULES = {
    "every module has its place": "insert into core.modules values ('culprit', 9)",
    "every module has a schema": "insert into core.modules values ('culprit', 9)",
    "the kernel names no product line and no support module": (
        "create function core.culprit() returns bigint language sql as"
        " 'select count(*) from lodging.reservations'"
    ),
    "product lines do not name each other": (
        "create function lodging.culprit() returns void language plpgsql as"
        " 'begin perform courses.enrol(); end'"
    ),
    "foreign keys point from lines to the kernel, never back or across": (
        "create table core.culprit (id uuid references lodging.reservations on delete restrict)"
    ),
    "nobody but clients calls api": (
        "create function core.culprit() returns void language plpgsql as 'begin perform api.tick(); end'"
    ),
}

CASES = [
    pytest.param(name, sentence, violation, id=f"{name}: {sentence}")
    for name, rules in {
        "tables": TABLES,
        "policies": POLICIES,
        "functions": FUNCTIONS,
        "triggers": TRIGGERS,
        "api": API,
        "modules": MODULES,
    }.items()
    for sentence, violation in rules.items()
]


@pytest.fixture(scope="module")
def clone(bench: Bench) -> Iterator[Clone]:
    with bench.cloned() as clone:
        yield clone


@pytest.mark.parametrize(("name", "sentence", "violation"), CASES)
def test_a_rule_finds_its_culprit(
    clone: Clone, pg_major: int, tmp_path: Path, name: str, sentence: str, violation: str
) -> None:
    path = tmp_path / f"{name}.sql"
    path.write_text((CONTRACT / path.name).read_text().replace("begin;", f"begin; {violation};", 1))
    result = run(clone, path, pg_major)
    found = [failure for failure in result.failures if failure.message.endswith(sentence)]
    assert any("culprit" in detail for failure in found for detail in failure.details), describe(result)
