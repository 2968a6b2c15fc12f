begin;
select plan(17);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create schema toy;
create table toy.told (outcome text, response jsonb);
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as $$insert into toy.told values (p_outcome, p_response)$$;
insert into core.settings (key, value) values ('outbox.toy.send', '{"backoff_seconds": [5, 10], "max_attempts": 4}');
select tests.freeze_time('2026-05-01 12:00+00');
create temporary table command as select core.enqueue_command('toy.send', 'a', 'URB', null, '{}') as id;
create function pg_temp.fail(p_answered boolean, p_retry boolean default true) returns jsonb language plpgsql as $$
begin
  perform core.claim_commands('w', null, 1);
  return core.fail_command(id, claim_token, '{"message": "no"}', p_answered, p_retry) from core.outbox where queue_key = 'a';
end $$;

-- waits
select is(pg_temp.fail(false), '{"accepted": true, "gives_up": false}', 'a failed try is followed by another');
select results_eq(
  'select status, attempts, generation, next_attempt_at, last_error, claim_token from core.outbox',
  $$values ('pending', 1, 0, '2026-05-01 12:00:05+00'::timestamptz, '{"message": "no"}'::jsonb, null::uuid)$$,
  'after the first wait; an unknown outcome is repeated as the same request');
select results_eq('table toy.told', $$values ('retrying', '{"message": "no"}'::jsonb)$$, 'the module is told');
select tests.freeze_time('2026-05-01 12:00:05+00');
select pg_temp.fail(true);
select results_eq(
  'select generation, next_attempt_at from core.outbox', $$values (1, '2026-05-01 12:00:15+00'::timestamptz)$$,
  'an answer makes the next try a new request; the second wait is longer');
select tests.freeze_time('2026-05-01 12:00:15+00');
select pg_temp.fail(false);
select is((select next_attempt_at from core.outbox), '2026-05-01 12:00:25+00'::timestamptz, 'the last wait is repeated');

-- giving up
select tests.freeze_time('2026-05-01 12:00:25+00');
select is(pg_temp.fail(false), '{"accepted": true, "gives_up": true}', 'the last try is the last');
select results_eq(
  'select status, finished_at is not null, claim_token from core.outbox', $$values ('dead', true, null::uuid)$$,
  'the command is dead');
select is((select outcome from toy.told offset 3), 'dead', 'the module is told');
select is(
  core.fail_command((select id from command), core.new_id(), '{}', true, true), '{"accepted": false}',
  'a dead command cannot fail again');
select core.enqueue_command('toy.send', 'a', 'URB', null, '{}');
update core.outbox set queue_key = 'z' where status = 'dead';
select is(pg_temp.fail(true, false), '{"accepted": true, "gives_up": true}', 'what cannot be helped is given up at once');

-- input and actors
select tests.throws_code(
  $$select core.fail_command(core.new_id(), core.new_id(), '{}', true, true)$$, 'NOT_FOUND', 'an unknown command');
select tests.throws_code(
  $$select core.fail_command(core.new_id(), null, '{}', true, true)$$, 'MISSING_REQUIRED_FIELD', 'no token');
select tests.throws_code(
  $$select core.fail_command(core.new_id(), core.new_id(), '{}', null, true)$$, 'MISSING_REQUIRED_FIELD',
  'whether the provider answered must be said');
select tests.throws_code(
  $$select core.fail_command(core.new_id(), core.new_id(), '{}', true, null)$$, 'MISSING_REQUIRED_FIELD',
  'whether to try again must be said');
select tests.authenticate_as_service_role();
select tests.throws_code(
  $$select api.fail_command(gen_random_uuid(), gen_random_uuid(), '{}', true, true)$$, 'NOT_FOUND', 'the system may report');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.fail_command(null, null, null, null, null)$$, '42501', null, 'staff may not');
select tests.as_anon();
select throws_ok($$select api.fail_command(null, null, null, null, null)$$, '42501', null, 'guests may not');
reset role;

select * from finish();
rollback;
