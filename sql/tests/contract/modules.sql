begin;
select plan(6);

-- Everything a module says, without comments: bodies, views, policies.
create temporary view texts as
  select module, label, regexp_replace(definition, '--[^\n]*|/\*.*?\*/', '', 'g') as text from tests.functions
  union all
  select module, label, pg_get_viewdef(oid) from tests.views
  union all
  select t.module, t.label, concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from tests.tables as t join pg_policy as p on p.polrelid = t.oid;

create temporary table kernel as
  select unnest(array['core', 'access', 'audit', 'ledger', 'payments', 'notifications']) as name;
create temporary table lines as
  select unnest(array['lodging', 'experiences', 'tutoring', 'courses', 'credits']) as name;
create temporary table support as
  select unnest(array['integrations', 'ads', 'analytics', 'services']) as name;

select is_empty(
  $$select name from core.modules
    where name not in (table kernel union all table lines union all table support union all select 'api')$$,
  'every module has its place');
select is_empty(
  'select name from core.modules where to_regnamespace(quote_ident(name)) is null',
  'every module has a schema');
select is_empty(
  $$select t.label, n.name from texts as t join (table lines union all table support) as n on t.text ~ ('\m' || n.name || '\.[a-z_]')
    where t.module in (table kernel)$$,
  'the kernel names no product line and no support module');
select is_empty(
  $$select t.label, n.name from texts as t join lines as n on t.text ~ ('\m' || n.name || '\.[a-z_]')
    where t.module in (table lines) and t.module <> n.name$$,
  'product lines do not name each other');
select is_empty(
  $$select t.label, c.conname, f.label as referenced
    from pg_constraint as c
    join tests.tables as t on t.oid = c.conrelid
    join tests.tables as f on f.oid = c.confrelid
    where c.contype = 'f'
      and (t.module in (table kernel) and f.module not in (table kernel)
        or t.module in (table lines) and f.module in (table lines) and t.module <> f.module)$$,
  'foreign keys point from lines to the kernel, never back or across');
select is_empty(
  $$select label from texts where module not in ('api') and text ~ '\mapi\.\w+\('$$,
  'nobody but clients calls api');

select * from finish();
rollback;
