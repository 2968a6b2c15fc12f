"""A small product to deploy: a shop with two tables, file by file, so that tests can change any of it."""

from __future__ import annotations

from pathlib import Path

MODULES = """# module, what it is
shop  # things and their orders
api   # what clients see
"""

FILES = {
    "MODULES": MODULES,
    "migrations/0001_roles.sql": """
do $$
declare v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if to_regrole(v_role) is null then
      execute format('create role %I nologin', v_role);
    end if;
  end loop;
end $$;
create schema shop;
create schema api;
grant usage on schema api to anon;
""",
    "migrations/0002_items.sql": """
create type shop.kind as enum ('thing', 'service');
create table shop.items (
  id bigint generated always as identity primary key,
  name text not null,
  kind shop.kind not null default 'thing',
  price bigint not null default 0 constraint price_not_negative check (price >= 0)
);
create index items_name on shop.items (name);
insert into shop.items (name) select 'item ' || n from generate_series(1, 500) as n;
""",
    "migrations/0003_orders.sql": """
create table shop.orders (
  id bigint generated always as identity primary key,
  item_id bigint not null references shop.items (id) on delete restrict,
  note text
);
insert into shop.orders (item_id) select id from shop.items;
""",
    "functions/shop/price_of.sql": """
create or replace function shop.price_of(p_item bigint) returns bigint
language sql stable security definer set search_path = ''
as $$ select price from shop.items where id = p_item $$;
revoke all on function shop.price_of(bigint) from public;
grant execute on function shop.price_of(bigint) to anon, service_role;
""",
    "functions/shop/tg_items__stamp.sql": """
create or replace function shop.tg_items__stamp() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.name := btrim(new.name);
  return new;
end $$;
""",
    "functions/api/price_of.sql": """
create or replace function api.price_of(p_item bigint) returns bigint
language sql stable security invoker set search_path = ''
begin atomic
  select shop.price_of(p_item);
end;
grant execute on function api.price_of(bigint) to anon;
""",
    "functions/api/_views.sql": """
create or replace view api.items with (security_invoker = true) as select id, name from shop.items;
grant select on api.items to anon;
""",
    "policies/shop/items.sql": """
alter table shop.items enable row level security;
grant select (id, name) on shop.items to anon;
grant select, insert on shop.items to service_role;
create policy anyone_reads on shop.items for select to anon using (kind = 'thing');
create trigger _100_stamp before insert on shop.items for each row execute function shop.tg_items__stamp();
""",
    "policies/shop/orders.sql": """
alter table shop.orders enable row level security;
grant select on shop.orders to service_role;
create policy service_reads on shop.orders for select to service_role using (true);
""",
}

NEW_PRICE = FILES["functions/shop/price_of.sql"].replace("select price", "select 2 * price")


class Shop:
    """The files of the shop in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.root / name).read_text(encoding="utf-8") + text)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()
