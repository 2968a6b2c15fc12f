-- What is ours in the catalog: the objects of the modules' schemas.

create or replace view tests.tables as
  select c.oid, n.nspname as module, c.relname as name, format('%I.%I', n.nspname, c.relname) as label, c.relrowsecurity
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where n.nspname in (select m.name from core.modules as m) and c.relkind in ('r', 'p');

create or replace view tests.views as
  select c.oid, n.nspname as module, format('%I.%I', n.nspname, c.relname) as label, c.reloptions, c.relkind
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where n.nspname in (select m.name from core.modules as m) and c.relkind in ('v', 'm');

--- Without the constructors that PostgreSQL makes for range types.
create or replace view tests.functions as
  select p.*, n.nspname as module, p.oid::regprocedure::text as label, pg_get_functiondef(p.oid) as definition
  from pg_proc as p
  join pg_namespace as n on n.oid = p.pronamespace
  where n.nspname in (select m.name from core.modules as m)
    and p.prokind in ('f', 'p')
    and not exists (
      select from pg_depend as d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i');

create or replace view tests.triggers as
  select
    t.oid, t.tgrelid, t.tgname as name, t.tgenabled, f.proname as function, c.name as table_name, f.module as function_module,
    c.label || ': ' || t.tgname as label,
    string_to_array(rtrim(encode(t.tgargs, 'escape'), '\000'), '\000') as arguments
  from pg_trigger as t
  join tests.tables as c on c.oid = t.tgrelid
  left join tests.functions as f on f.oid = t.tgfoid
  where not t.tgisinternal;

grant select on all tables in schema tests to anon, authenticated, service_role;
