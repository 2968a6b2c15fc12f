begin;
select plan(10);

select tests.create_supabase_user('ada');
create temporary table thing as select core.new_id() as id;
grant select on thing to public;
create function pg_temp.record_as(p_claims jsonb, p_role text, p_headers jsonb default '{}')
returns audit.audit_logs language plpgsql as $$
declare
  v_row audit.audit_logs;
begin
  perform set_config('request.jwt.claims', p_claims::text, true);
  perform set_config('request.headers', p_headers::text, true);
  perform set_config('role', p_role, true);
  perform audit.record('thing.seen', 'thing', (select id from thing), 'ALL', '{"n": 1}');
  perform set_config('role', 'none', true);
  select * into v_row from audit.audit_logs order by seq desc limit 1;
  return v_row;
end $$;
grant usage on schema audit to anon, authenticated, service_role;
grant execute on function audit.record(text, text, uuid, text, jsonb) to anon, authenticated, service_role;

-- what
select results_eq(
  $$select r.event_type, r.entity_type, r.entity_id, r.city_code, r.metadata
    from pg_temp.record_as('{}', 'none') as r$$,
  $$select 'thing.seen', 'thing', id, 'ALL', '{"n": 1}'::jsonb from thing$$,
  'a row says what happened to what');

-- who
select results_eq(
  $$select r.actor_type, r.actor_subject, r.actor_id from pg_temp.record_as('{}', 'none') as r$$,
  $$select 'database', session_user::text collate "default", null::uuid$$,
  'a direct login is named');
select results_eq(
  $$select r.actor_type, r.actor_subject, r.actor_id
    from pg_temp.record_as(jsonb_build_object('sub', tests.get_supabase_uid('ada')), 'authenticated') as r$$,
  $$select 'authenticated', tests.get_supabase_uid('ada')::text, tests.get_supabase_uid('ada')$$,
  'a user is named, and known');
select results_eq(
  $$select r.actor_type, r.actor_subject, r.actor_id
    from pg_temp.record_as('{"sub": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}', 'authenticated') as r$$,
  $$values ('authenticated', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', null::uuid)$$,
  'a user of another place is named only');
select results_eq(
  $$select r.actor_type, r.actor_subject, r.actor_id from pg_temp.record_as('{"sub": "user_2abc"}', 'authenticated') as r$$,
  $$values ('authenticated', 'user_2abc', null::uuid)$$,
  'so is one whose subject is no uuid');
select results_eq(
  $$select r.actor_type, r.actor_subject from pg_temp.record_as('{}', 'anon') as r$$,
  $$values ('anon', 'anon')$$,
  'a guest is a guest');
select results_eq(
  $$select r.actor_type, r.actor_subject from pg_temp.record_as('{"role": "service_role"}', 'anon') as r$$,
  $$values ('anon', 'anon')$$,
  'whatever the claims say');

-- why
select is(
  (select r.request_id from pg_temp.record_as('{}', 'anon', '{"x-request-id": "r-1"}') as r), 'r-1',
  'the request is named');
select set_config('reserve.stripe_event_id', 'evt_1', true);
select results_eq(
  $$select r.actor_type, r.stripe_event_id from pg_temp.record_as('{}', 'service_role') as r$$,
  $$values ('stripe', 'evt_1')$$,
  'what an event of Stripe caused says so');
select set_config('reserve.stripe_event_id', '', true);
select is(
  (select r.stripe_event_id from pg_temp.record_as('{}', 'service_role') as r), null,
  'what none caused does not');

select * from finish();
rollback;
