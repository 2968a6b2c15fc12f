begin;
select plan(14);

select isnt_empty('select from tests.tables', 'there are tables to look at');

-- access
select is_empty(
  'select label from tests.tables where not relrowsecurity',
  'every table has row-level security');

-- types
select is_empty(
  $$select t.label, a.attname, format_type(a.atttypid, a.atttypmod)
    from tests.tables as t join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where a.atttypid in (
      'varchar'::regtype, 'bpchar'::regtype, 'timestamp'::regtype, 'timetz'::regtype, 'money'::regtype, 'json'::regtype)$$,
  'text is text, times have a zone, JSON is jsonb, and nothing is of type money');
select is_empty(
  $$select t.label, a.attname, format_type(a.atttypid, a.atttypmod)
    from tests.tables as t join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where a.attname ~ '(^|_)amount$' and a.atttypid <> 'bigint'::regtype$$,
  'amounts are whole minor units');
select is_empty(
  $$select t.label
    from tests.tables as t join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where t.label <> 'payments.pix_charges' -- PIX is always BRL, and so is the payment it belongs to
    group by t.label
    having bool_or(a.attname ~ '(^|_)amount$') and not bool_or(a.attname ~ '(^|_)currency$')$$,
  'a table with amounts says in which currency');
select is_empty(
  $$select t.label, a.attname from tests.tables as t join pg_attribute as a on a.attrelid = t.oid and a.attgenerated = 'v'$$,
  'generated columns are stored');
select is_empty(
  $$select t.label, a.attname
    from tests.tables as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0
    join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where pg_get_expr(d.adbin, d.adrelid) ~ '\mnextval\(' and a.attname = 'id'$$,
  'no id comes from a sequence');
select is_empty(
  $$select t.label from tests.tables as t
    where not exists (select from pg_constraint as c where c.conrelid = t.oid and c.contype = 'p')$$,
  'every table has a primary key');

-- foreign keys
select is_empty(
  $$select t.label, c.conname from tests.tables as t join pg_constraint as c on c.conrelid = t.oid
    where c.contype = 'f' and c.confdeltype = 'a'$$,
  'every foreign key says what happens on delete');
select is_empty(
  $$select t.label, c.conname from tests.tables as t join pg_constraint as c on c.conrelid = t.oid
    where c.contype = 'f' and c.confdeltype = 'c' and t.module in ('ledger', 'payments', 'audit')$$,
  'nothing about money is deleted along with something else');
select is_empty(
  $$select t.label, c.conname
    from tests.tables as t join pg_constraint as c on c.conrelid = t.oid
    where c.contype = 'f'
      and c.confrelid <> 'core.currencies'::regclass -- its rows are never deleted
      and not exists (
      select from pg_index as i
      where i.indrelid = c.conrelid
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$'))$$,
  'every foreign key has an index');
select is_empty(
  $$select t.label, i.indexrelid::regclass
    from tests.tables as t join pg_index as i on i.indrelid = t.oid where not i.indisvalid$$,
  'every index is valid');
select is_empty(
  $$select t.label, c.conname
    from tests.tables as t join pg_constraint as c on c.conrelid = t.oid where not c.convalidated$$,
  'every constraint is validated');

-- words
select is_empty(
  $$select label from tests.tables where obj_description(oid, 'pg_class') is null
    union all
    select label from tests.views where obj_description(oid, 'pg_class') is null$$,
  'every table and view is explained');

select * from finish();
rollback;
