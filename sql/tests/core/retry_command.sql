begin;
select plan(18);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
create schema toy;
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as $$
  select core.open_exception('toy_failed', 'URB', null, jsonb_build_object('command_id', p_command_id)) where p_outcome = 'dead';
  select core.raise('PAYMENT_ALREADY_PROCESSED') where p_outcome = 'retried' and p_topic = 'toy.pay';
$$;
select tests.freeze_time('2026-05-01 12:00+00');
create function pg_temp.die(p_queue text, p_topic text default 'toy.send') returns uuid language plpgsql as $$
declare
  v_id constant uuid := core.enqueue_command(p_topic, p_queue, 'URB', null, '{}');
begin
  perform core.claim_commands('w', null, 10);
  perform core.fail_command(v_id, (select claim_token from core.outbox where id = v_id), '{"message": "no"}', false, false);
  return v_id;
end $$;
create temporary table command as select pg_temp.die('a') as id;
create temporary table other as select pg_temp.die('b') as id;
grant select on command, other to public;
create temporary table rest as select * from core.outbox where id <> (select id from command);

-- actors
select tests.as_anon();
select throws_ok($$select api.retry_command(null)$$, '42501', null, 'a guest may not');
select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select tests.throws_code($$select api.retry_command((select id from command))$$, 'FORBIDDEN', 'a customer may not');
select tests.as_staff('agent', 'FLN');
select tests.throws_code($$select api.retry_command((select id from command))$$, 'FORBIDDEN', 'an agent of another city may not');
select tests.as_staff('vendor', 'URB');
select tests.throws_code($$select api.retry_command((select id from command))$$, 'FORBIDDEN', 'a vendor may not');
select tests.throws_code(
  $$select api.retry_command(gen_random_uuid())$$, 'FORBIDDEN', 'who may not is not told what exists');
select tests.as_staff('agent', 'URB');
select is(
  (select api.retry_command(id) ->> 'status' from command), 'pending', 'an agent of its city may');
select tests.throws_code(
  $$select api.retry_command((select id from command))$$, 'INVALID_TRANSITION', 'but not what is not dead');
select tests.as_staff('city_admin', 'URB');
select tests.throws_code($$select api.retry_command((select id from command))$$, 'INVALID_TRANSITION', 'its administrator may as well');
select tests.as_staff('admin');
select tests.throws_code($$select api.retry_command((select id from command))$$, 'INVALID_TRANSITION', 'and the administrator of all cities');
reset role;

-- effect
select results_eq(
  $$select status, attempts, generation, next_attempt_at, finished_at, retried_at is not null from core.outbox
    where id = (select id from command)$$,
  $$values ('pending', 0, 0, '2026-05-01 12:00+00'::timestamptz, null::timestamptz, true)$$,
  'the command is due, with all its tries');
select results_eq(
  'select * from core.outbox where id <> (select id from command)', 'table rest', 'no other command is touched');
select results_eq(
  'select detail ->> $$command_id$$ = (select id::text from command), resolution, resolved_by from core.exceptions order by opened_at',
  $$values (true, 'retried', tests.staff('agent', 'URB')::text), (false, null, null)$$,
  'its case is resolved by who retried, and no other');
select is(
  (select c -> 'look_up_first' from jsonb_array_elements(core.claim_commands('w', null, 10)) as c), 'true',
  'the worker first looks whether it succeeded after all');
select tests.authenticate_as_service_role();
select is((select api.retry_command(id) ->> 'status' from other), 'pending', 'the system may');
select tests.throws_code($$select api.retry_command(gen_random_uuid())$$, 'NOT_FOUND', 'and learns what does not exist');
reset role;
create temporary table paid as select pg_temp.die('c', 'toy.pay') as id;
select tests.throws_code(
  'select core.retry_command(id) from paid', 'PAYMENT_ALREADY_PROCESSED', 'the module may refuse, where it makes no sense any more');
select results_eq(
  'select o.status, e.resolved_at from core.outbox as o, core.exceptions as e, paid as p
   where o.id = p.id and e.detail ->> $$command_id$$ = p.id::text',
  $$values ('dead', null::timestamptz)$$, 'then it stays dead');
select ok(
  exists (select from audit.audit_logs where entity_id = (select id from command)
    and actor_subject = tests.staff('agent', 'URB')::text and metadata -> 'status' = '["dead", "pending"]'),
  'the log says who retried');

select * from finish();
rollback;
