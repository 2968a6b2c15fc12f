"""The locks that `plan` reads from the text of a statement are those the server shows while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from reserve_db.deploy import migrate
from reserve_db.deploy.locks import MODES, locks_of
from reserve_db.sqltest.testserver import TestServer
from reserve_db.sqltree import SqlFile
from tests.deploy.shop import Shop

THINGS = """
create table shop."Odd Table" ("Id" bigint constraint "To Items" references shop.items (id));
create index "Odd Index" on shop."Odd Table" ("Id");
create view shop.seen as select id from shop.items;
create materialized view shop.kept as select id from shop.items;
create unique index kept_id on shop.kept (id);
create table shop.days (id bigint, day date not null) partition by range (day);
create table shop.january partition of shop.days for values from ('2027-01-01') to ('2027-02-01');
create table shop.february (id bigint, day date not null);
create sequence shop.counter;
create rule nothing as on delete to shop.february do instead nothing;
alter table shop.orders add constraint note_is_short check (length(note) < 9) not valid;
alter table shop.orders add constraint again foreign key (item_id) references shop.items (id) not valid;
"""

STATEMENTS = """
alter table shop.items add column color text
alter table if exists only shop.items add column color text
ALTER TABLE Shop . Items ADD COLUMN color text
alter table "shop"."items" rename column name to title
alter table shop."Odd Table" add column note text
alter table shop.items rename to things
alter table shop.items alter column name set statistics 500
alter table shop.items alter name set (n_distinct = 5)
alter table shop.items set (fillfactor = 90)
alter table shop.items set (fillfactor = 90, autovacuum_enabled = off), alter column name drop not null
alter table shop.items reset (fillfactor)
alter table shop.items enable row level security
alter table shop.items disable trigger all
alter table shop.items enable always trigger _100_stamp
alter table shop.items cluster on items_name
alter table shop.items owner to current_user
alter table shop.items add constraint cheap check (price < 10 and name not in ('a, b', 'c')), add unique (name)
alter table shop.orders add foreign key (item_id) references shop.items (id) not valid
alter table shop.orders add constraint more foreign key (item_id) references shop.items (id) not valid
alter table shop.orders add column other bigint references shop.items (id)
alter table shop.orders validate constraint note_is_short
alter table shop.orders validate constraint again
alter table shop.orders drop constraint note_is_short
alter table shop.orders drop constraint if exists orders_item_id_fkey
alter table shop."Odd Table" drop constraint "To Items"
alter table shop.orders drop column item_id
alter table shop.orders drop note
alter table shop.orders alter column item_id type int
alter table shop.orders alter note type varchar(500)
alter table shop.days attach partition shop.february for values from ('2027-02-01') to ('2027-03-01')
alter table shop.days detach partition shop.january
alter table shop.seen rename to looked_at
alter table shop.items_name rename to items_by_name
create table shop.more (item_id bigint references shop.items (id), order_id bigint references shop.orders)
create table shop.march partition of shop.days for values from ('2027-03-01') to ('2027-04-01')
create table shop.services (hours int) inherits (shop.items)
drop table shop.orders
drop table if exists shop.orders, shop."Odd Table", shop.nothing
drop view shop.seen
drop materialized view if exists shop.kept
create or replace view shop.seen as select id from shop.items
alter view shop.seen set (security_barrier = true)
alter materialized view shop.kept rename to stored
refresh materialized view shop.kept
refresh materialized view concurrently shop.kept
truncate shop.orders
truncate table only shop.orders, shop.february
truncate shop.items cascade
lock table shop.orders
lock shop.orders, only shop.items in share row exclusive mode
lock table shop."Odd Table" in ROW SHARE mode nowait
create index on shop.orders (note)
create unique index if not exists "On" on only shop.items using btree (name, id) where name <> ' on shop.orders '
create index concurrently orders_note on shop.orders (note)
drop index shop.items_name
drop index if exists shop.items_name, shop."Odd Index"
drop index concurrently shop.items_name
alter index shop.items_name rename to items_by_name
alter index if exists shop.items_name set (fillfactor = 80)
alter index shop.items_name set tablespace pg_default
reindex index shop.items_name
reindex table shop.items
reindex (verbose) table shop.orders
reindex index concurrently shop.items_name
reindex table concurrently shop.orders
cluster shop.items using items_name
analyze shop.items
analyze (skip_locked) shop.items, shop.orders
create statistics shop.both on name, price from shop.items
create policy mine on shop.orders for update to anon using (true)
alter policy service_reads on shop.orders using (false)
drop policy if exists service_reads on shop.orders
create trigger mine after update on shop.orders for each row execute function shop.tg_items__stamp()
create constraint trigger mine after insert or update of note on shop.orders deferrable for each row execute function shop.tg_items__stamp()
drop trigger _100_stamp on shop.items
alter trigger _100_stamp on shop.items rename to _200_stamp
create rule none as on insert to shop.february do instead nothing
drop rule nothing on shop.february
alter sequence shop.counter restart
alter sequence shop.counter rename to count
drop sequence shop.counter
comment on table shop.items is 'alter table shop.orders'
comment on column shop.items.name is 'its name; drop table shop.orders'
comment on constraint price_not_negative on shop.items is 'x'
comment on policy anyone_reads on shop.items is 'x'
comment on trigger _100_stamp on shop.items is $$drop table shop.orders$$
comment on index shop.items_name is 'x'
comment on view shop.seen is 'x'
comment on materialized view shop.kept is 'x'
insert into shop.february select 1, '2027-02-02'
insert into shop.orders (item_id) select 1 where false
update only shop.february set id = 1
update shop.february as f set id = 1 from shop.orders as o where o.id = f.id
delete from shop.february where id = 1
with gone as (delete from shop.january returning id) insert into shop.february select id, '2027-02-02' from gone
merge into shop.orders as f using shop.january as j on f.id = j.id when matched then delete when not matched then do nothing
select * from shop.items for update
select * from shop.items where price > 0 for no key update
do $$ begin if true then alter table shop.items add column color text; end if; delete from shop.february; end $$
create function shop.f() returns void language sql as $$ delete from shop.orders $$
grant select on shop.items to anon
alter type shop.kind add value if not exists 'idea'
"""  # noqa: E501
NOTHING = (
    "create function",
    "grant",
    "alter type",
    "comment on constraint",
    "comment on policy",
    "comment on trigger",
)
# With the table or materialized view that an index or sequence belongs to.
RELATIONS = """
select oid, oid::regclass::text, coalesce(
  (select indrelid::regclass::text from pg_index where indexrelid = c.oid),
  (select refobjid::regclass::text from pg_depend
   where objid = c.oid and classid = refclassid and deptype = 'i' and c.relkind = 'S'))
from pg_class as c
where relnamespace = 'shop'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'i', 'S')
"""
LOCKS = """
select relation, lower(regexp_replace(left(mode, -4), '(?<=.)([A-Z])', ' \\1', 'g'))
from pg_locks where pid = %s and locktype = 'relation' and granted
"""
WAITS = "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def things(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop with one thing of each kind, which statements that are rolled back change."""
    with server.database("things") as dsn:
        migrate(dsn, Shop(tmp_path_factory.mktemp("things")).root)
        with psycopg.connect(dsn, autocommit=True) as sql:
            sql.execute(THINGS)
        yield dsn


class Session:
    """A session in that database which has not seen any of it yet."""

    def __init__(self, sql: psycopg.Connection) -> None:
        sql.execute("set search_path = ''")
        self.sql = sql
        sql.execute("set check_function_bodies = off")
        self._relations = {oid: (name, owner) for oid, name, owner in sql.execute(RELATIONS)}

    def shown(self, pid: int) -> dict[str, str]:
        """The strongest lock of that session on each relation, under the name it had before.

        Without those that `plan` leaves out: for reading; on what belongs to a table locked as strongly.
        """
        locks: dict[str, str] = {}
        for oid, mode in self.sql.execute(LOCKS, (pid,)):
            name, _ = self._relations.get(oid, ("", None))
            locks[name] = max(mode, locks.get(name, mode), key=MODES.index)
        for name, owner in self._relations.values():
            if owner in locks and MODES.index(locks.get(name, MODES[0])) <= MODES.index(locks[owner]):
                locks.pop(name, None)
        return {name: mode for name, mode in locks.items() if name and mode != "access share"}


@pytest.mark.parametrize("statement", STATEMENTS.strip().splitlines())
def test_plan_and_server_agree(statement: str, things: str, server: TestServer, tmp_path: Path) -> None:
    path = tmp_path / "0004_statement.sql"
    path.write_text(f"{statement};")
    with psycopg.connect(things, autocommit=True) as sql:
        session = Session(sql)
        told = {lock.relation: lock.mode for lock in locks_of(sql, [SqlFile(path, path.name)])}
        if in_transaction := " concurrently " not in statement or statement.startswith("refresh"):
            with sql.transaction(force_rollback=True):
                sql.execute(statement)  # type: ignore[call-overload]
                shown = session.shown(sql.info.backend_pid)
    if not in_transaction:
        shown = while_it_waits(statement, server)
    assert told == shown
    assert bool(told) != statement.startswith(NOTHING)


def while_it_waits(statement: str, server: TestServer) -> dict[str, str]:
    """The locks of a statement that no transaction can hold, seen while it waits for a writer."""
    with (
        ThreadPoolExecutor(1) as pool,
        server.database("things_alone", "things") as dsn,
        psycopg.connect(dsn, autocommit=True) as sql,
        psycopg.connect(dsn, autocommit=True) as alone,
        psycopg.connect(dsn) as writer,
    ):
        writer.execute("lock table shop.items, shop.orders in row exclusive mode")
        session, pid = Session(sql), alone.info.backend_pid
        running = pool.submit(alone.execute, statement)  # type: ignore[arg-type]
        while not running.done() and not sql.execute(WAITS, (pid,)).fetchall():
            time.sleep(0.01)
        shown = session.shown(pid)
        writer.rollback()
        running.result()
        return shown
