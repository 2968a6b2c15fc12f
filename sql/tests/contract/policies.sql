begin;
select plan(10);

create temporary view rules as
  select
    t.module, t.label || ': ' || p.polname as label, p.polcmd, p.polroles,
    pg_get_expr(p.polqual, p.polrelid) as seen,
    pg_get_expr(p.polwithcheck, p.polrelid) as written
  from tests.tables as t
  join pg_policy as p on p.polrelid = t.oid;

create temporary view clients as
  select rolname, oid from pg_roles where rolname in ('anon', 'authenticated');

select isnt_empty('select from rules', 'there are policies to look at');

-- each policy
select is_empty(
  $$select label from rules where polcmd = '*'$$,
  'a policy is for one operation');
select is_empty(
  $$select label from rules where 0 = any (polroles) or cardinality(polroles) <> 1$$,
  'a policy is for one named role');
select is_empty(
  $$select r.label, c.rolname from rules as r join clients as c on c.oid = any (r.polroles)
    where r.seen = 'true' or r.written = 'true'$$,
  'no policy lets clients see or write everything');
select is_empty(
  $$select label from rules where concat_ws(' ', seen, written) ~ '\mauth\.'$$,
  'policies ask access, not auth, who is asking');
select is_empty(
  $$select label from rules
    where regexp_replace(concat_ws(' ', seen, written), '\( SELECT access\.\w+\([^()]*\) AS \w+\)', '', 'g') ~ '\maccess\.\w+\('$$,
  'policies ask once per statement, not once per row');

-- what clients may do
select is_empty(
  $$select r.rolname, t.label, p.privilege
    from clients as r, tests.tables as t, unnest(array['insert', 'update', 'delete', 'truncate', 'trigger']) as p (privilege)
    where has_table_privilege(r.oid, t.oid, p.privilege)$$,
  'clients write no table');
select is_empty(
  $$select r.rolname, t.label, p.privilege
    from clients as r, tests.tables as t, unnest(array['insert', 'update']) as p (privilege)
    where has_any_column_privilege(r.oid, t.oid, p.privilege)$$,
  'clients write no column');
select is_empty(
  $$select r.rolname, t.label
    from pg_roles as r, tests.tables as t, unnest(array['insert', 'update', 'delete', 'truncate']) as p (privilege)
    where r.rolname in ('anon', 'authenticated', 'service_role')
      and t.module in ('audit', 'ledger')
      and has_table_privilege(r.oid, t.oid, p.privilege)$$,
  'no role of the API writes the audit log or the books');
select is_empty(
  $$select r.rolname, m.name from clients as r, core.modules as m
    where m.name <> 'api' and has_schema_privilege(r.oid, m.name, 'usage')$$,
  'clients can name nothing outside api');

select * from finish();
rollback;
