begin;
select plan(7);

create temporary table things (
  id uuid default core.new_id(), city_code text, name text, email text, amount bigint, detail jsonb, updated_at timestamptz);
create trigger _900_record after insert or update or delete on things for each row execute function audit.tg__record('thing');
create function pg_temp.last() returns table (event text, city text, changes jsonb) language sql as $$
  select l.event_type, l.city_code, l.metadata - 'id' from audit.audit_logs as l where l.entity_type = 'thing' order by l.seq desc limit 1
$$;

insert into things (city_code, name, email, amount) values ('ALL', 'a', 'a@b.c', 5);
select results_eq(
  'select * from pg_temp.last()',
  $$values ('thing.created', 'ALL', '{"city_code": "ALL", "name": "a", "email": "***", "amount": 5}'::jsonb)$$,
  'a new row is recorded with its values, personal data masked, nothing for nothing');
update things set name = 'b', email = 'd@e.f', detail = '{"n": 1}';
select results_eq(
  'select * from pg_temp.last()',
  $$values ('thing.updated', 'ALL', '{"name": ["a", "b"], "email": "***", "detail": [null, {"n": 1}]}'::jsonb)$$,
  'a change is recorded with before and after');
update things set amount = null;
select is((select changes from pg_temp.last()), '{"amount": [5, null]}', 'so is a value that goes');
update things set name = name, updated_at = now();
select is((select count(*) from audit.audit_logs where entity_type = 'thing'), 3::bigint, 'no change, no row');
delete from things;
select results_eq(
  'select * from pg_temp.last()',
  $$values ('thing.deleted', 'ALL', '{"city_code": "ALL", "name": "b", "email": "***", "detail": {"n": 1}}'::jsonb)$$,
  'a deleted row is recorded with its last values');
select is((select count(distinct entity_id) from audit.audit_logs where entity_type = 'thing'), 1::bigint, 'all under its id');

select is_empty(
  $$select t.label from tests.tables as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where (a.attname ~ '(^|_)status$' or a.attname ~ '(^|_)amount$')
      and exists (select from pg_attribute as i where i.attrelid = t.oid and i.attname = 'id')
      and t.module not in ('ledger', 'audit')
      and not exists (select from tests.triggers as g where g.tgrelid = t.oid and g.function = 'tg__record')$$,
  'every table of status or money is recorded; the books are their own record');

select * from finish();
rollback;
