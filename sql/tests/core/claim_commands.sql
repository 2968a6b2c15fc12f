begin;
select plan(22);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create schema toy;
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as '';
insert into core.settings (key, value) values ('outbox.toy.send', '{"max_attempts": 2, "backoff_seconds": [10]}');
select tests.freeze_time('2026-05-01 12:00+00');
create function pg_temp.claim(p_limit integer default 10, p_topics text[] default null) returns text language sql as $$
  select string_agg(c ->> 'payload', ' ') from jsonb_array_elements(core.claim_commands('w', p_topics, p_limit)) as c
$$;
create function pg_temp.token(p_payload jsonb) returns uuid language sql as
  $$select claim_token from core.outbox where payload = p_payload$$;
create function pg_temp.id(p_payload jsonb) returns uuid language sql as
  $$select id from core.outbox where payload = p_payload$$;

-- order
select core.enqueue_command('toy.send', 'a', 'URB', null, '1');
select core.enqueue_command('toy.send', 'a', 'URB', null, '2');
select core.enqueue_command('toy.send', 'b', 'URB', null, '3');
select core.enqueue_command('toy.other', 'c', 'URB', null, '4', '2026-05-01 12:01+00');
select is(pg_temp.claim(), '1 3', 'the first of each queue that is due is leased');
select is(pg_temp.claim(), null, 'and only once');
select results_eq(
  'select o.claimed_by, o.attempts, o.claimed_until, o.claim_token is not null from core.outbox as o order by o.seq limit 1',
  $$values ('w', 1, '2026-05-01 12:01+00'::timestamptz, true)$$,
  'a lease has a holder, an end and a token, and counts as a try');
select core.complete_command(pg_temp.id('1'), pg_temp.token('1'), '{}');
select is(pg_temp.claim(), '2', 'when one is done, the next of its queue follows');
select tests.freeze_time('2026-05-01 12:00:59+00');
select is(pg_temp.claim(), null, 'a lease holds to its end');
select tests.freeze_time('2026-05-01 12:01+00');
select is(pg_temp.claim(1), '2', 'at most the limit is leased, a lapsed lease too');
select is(pg_temp.claim(10, array['toy.other']), '4', 'a worker may ask for topics');
select is(pg_temp.claim(), '3', 'the rest goes to who asks next');
select tests.freeze_time('2026-05-01 12:30+00');
select is(pg_temp.claim(10, array['toy.send']), null, 'a command that was lost on its last try is not leased again');

-- what a lapsed lease means for its queue
select core.enqueue_command('toy.other', 'd', 'URB', null, '5');
select is(pg_temp.claim(10, array['toy.other']), '4 5', 'a topic without figures of its own has those of all');
insert into core.outbox (topic, queue_key, city_code, payload, seq) overriding system value values ('toy.other', 'd', 'URB', '6', -1);
select is(pg_temp.claim(), null, 'an earlier command that comes late waits while another of its queue is leased');
select tests.freeze_time('2026-05-01 12:31+00');
select is(pg_temp.claim(), '4 5', 'also when that lease has lapsed: its outcome is unknown');
select throws_ok(
  $$update core.outbox set claim_token = core.new_id(), claimed_by = 'x', claimed_until = now() where payload = '6'$$, '23505', null,
  'no writer can lease two commands of a queue');

-- what the worker gets
select results_eq(
  $$select c - 'id' - 'claim_token' - 'idempotency_key' from jsonb_array_elements((
      select core.claim_commands('w', null, 1)
      from tests.freeze_time('2026-05-01 12:40+00'))) as c$$,
  $$values ('{"topic": "toy.other", "city_code": "URB", "booking_id": null, "payload": 4, "attempt": 4, "generation": 0,
    "look_up_first": false}'::jsonb)$$,
  'a worker is told topic, payload, try and generation');
update core.outbox set created_at = clock_timestamp() - interval '21 hours' where payload = '4';
select tests.freeze_time('2026-05-01 12:50+00');
select is(
  (select c -> 'look_up_first' from jsonb_array_elements(core.claim_commands('w', null, 10)) as c where c -> 'payload' = '4'),
  'true',
  'before repeating an old command it must look whether the first try succeeded');
select tests.freeze_time('2026-05-01 13:00+00');
select ok(
  (select bool_and(c ->> 'idempotency_key' = (c ->> 'id') || ':' || (c ->> 'generation'))
   from jsonb_array_elements(core.claim_commands('w', null, 10)) as c),
  'the provider''s key is the command and its generation');

-- input and actors
select tests.throws_code($$select core.claim_commands(null, null, 1)$$, 'MISSING_REQUIRED_FIELD', 'a worker has a name');
select tests.throws_code($$select core.claim_commands('w', null, 0)$$, 'INVALID_PARAMETER', 'and asks for at least one');
select tests.throws_code($$select core.claim_commands('w', null, null)$$, 'INVALID_PARAMETER', 'by number');
select tests.authenticate_as_service_role();
select lives_ok($$select api.claim_commands('w')$$, 'the system may claim');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.claim_commands('w')$$, '42501', null, 'staff may not');
select tests.as_anon();
select throws_ok($$select api.claim_commands('w')$$, '42501', null, 'guests may not');
reset role;

select * from finish();
rollback;
