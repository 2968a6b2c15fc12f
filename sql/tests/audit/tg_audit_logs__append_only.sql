begin;
select plan(15);

select tests.create_supabase_user('ada');
select tests.create_supabase_user('bob');
insert into audit.audit_logs (event_type, entity_type, entity_id, actor_id, actor_subject, actor_type)
select 'thing.seen', 'thing', core.new_id(), tests.get_supabase_uid(u.name), u.name, 'authenticated'
from (values ('ada'), ('bob')) as u (name);
create temporary table before as select * from audit.audit_logs;

-- the owner of the database, by every road
select throws_ok($$update audit.audit_logs set event_type = 'x'$$, '42501', 'The audit log is insert-only: update is refused.', 'rows cannot be changed');
select throws_ok('update audit.audit_logs set actor_id = null', '42501', null, 'nor robbed of their actor');
select throws_ok('delete from audit.audit_logs', '42501', 'The audit log is insert-only: delete is refused.', 'nor deleted');
select throws_ok('truncate audit.audit_logs', '42501', 'The audit log is insert-only: truncate is refused.', 'nor truncated');
select throws_ok('truncate auth.users cascade', '42501', null, 'not even along with the users');
select throws_ok(
  $$insert into audit.audit_logs (id, event_type, entity_type, entity_id, actor_type)
    select id, 'x', 'x', id, 'x' from before on conflict (id) do update set event_type = excluded.event_type$$, '42501', null,
  'nor overwritten by an insert');
select throws_ok(
  $$merge into audit.audit_logs as l using before as b on b.id = l.id when matched then delete$$, '42501', null,
  'nor merged away');
select results_eq(
  'select * from audit.audit_logs where id in (select id from before) order by seq', 'select * from before order by seq',
  'nothing has changed');

-- a user who leaves
delete from auth.users where id = (select actor_id from before where actor_subject = 'ada');
select results_eq(
  'select actor_subject, actor_id from audit.audit_logs where id in (select id from before) order by seq',
  $$select 'ada', null::uuid union all select 'bob', actor_id from before where actor_subject = 'bob'$$,
  'a user may be deleted; the log keeps the name and loses the reference, of that user only');
select results_eq(
  'select to_jsonb(l) - $$actor_id$$ from audit.audit_logs as l where id in (select id from before) order by seq',
  'select to_jsonb(b) - $$actor_id$$ from before as b order by seq',
  'and nothing else changes');
select throws_ok(
  $$update audit.audit_logs set actor_subject = 'x' where actor_id is null$$, '42501', null,
  'the rows of who has left cannot be changed either');

-- everybody else
select tests.authenticate_as_service_role();
select throws_ok(
  $$insert into audit.audit_logs (event_type, entity_type, entity_id, actor_type) values ('x', 'x', gen_random_uuid(), 'x')$$,
  '42501', null, 'the system cannot write the log by hand');
select throws_ok('table audit.audit_logs', '42501', null, 'nor read it but through functions');
reset role;
select is_empty(
  $$select polname from pg_policy where polrelid = 'audit.audit_logs'::regclass$$, 'no policy lets anybody in');
select tests.rls_enabled('audit', 'audit_logs');

select * from finish();
rollback;
