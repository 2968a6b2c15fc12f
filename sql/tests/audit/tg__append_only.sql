begin;
select plan(22);

select tests.create_supabase_user('ada');
select tests.create_supabase_user('bob');
insert into audit.audit_logs (event_type, entity_type, entity_id, actor_id, actor_subject, actor_type)
select 'thing.seen', 'thing', core.new_id(), tests.get_supabase_uid(u.name), tests.get_supabase_uid(u.name)::text, 'authenticated'
from (values ('ada'), ('bob')) as u (name);
create temporary table before as select * from audit.audit_logs;

-- the owner of the database, by every road
select throws_ok($$update audit.audit_logs set event_type = 'x'$$, '42501', 'The audit log is insert-only: update of audit_logs is refused.', 'rows cannot be changed');
select throws_ok('update audit.audit_logs set actor_id = null', '42501', null, 'nor robbed of their actor');
select throws_ok('delete from audit.audit_logs', '42501', 'The audit log is insert-only: delete of audit_logs is refused.', 'nor deleted');
select throws_ok('truncate audit.audit_logs', '42501', 'The audit log is insert-only: truncate of audit_logs is refused.', 'nor truncated');
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

select throws_ok(
  $$insert into audit.audit_logs (event_type, entity_type, entity_id, actor_id, actor_subject, actor_type)
    values ('x', 'x', gen_random_uuid(), tests.get_supabase_uid('ada'), tests.get_supabase_uid('bob')::text, 'x')$$, '23514', null,
  'an actor is the subject');

-- its marks and seals
select audit.mark();
select audit.seal(1000);
select throws_ok(format(s.statement, t.name), '42501', format('The audit log is insert-only: %s of %s is refused.', split_part(s.statement, ' ', 1), t.name),
  format('no %s of %s', split_part(s.statement, ' ', 1), t.name))
from (values ('update audit.%s set audit_seq = 1', 'marks'), ('update audit.%s set number = 1', 'seals'), ('delete from audit.%s', null), ('truncate audit.%s', null))
  as s (statement, only_of)
join unnest(array['marks', 'seals']) as t (name) on t.name = coalesce(s.only_of, t.name);

-- a user who leaves
delete from auth.users where id = tests.get_supabase_uid('ada');
select results_eq(
  'select actor_subject, actor_id from audit.audit_logs where id in (select id from before) order by seq',
  $$select actor_subject, case when seq > min(seq) over () then actor_id end from before order by seq$$,
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
