begin;
select plan(6);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
select tests.freeze_time('2026-05-01 12:00+00');

create temporary table queued as
  select core.enqueue_command('toy.send', 'queue-1', 'URB', null, '{"n": 1}') as id;
select results_eq(
  $$select o.topic, o.queue_key, o.city_code, o.payload, o.status, o.attempts, o.next_attempt_at
    from core.outbox as o join queued as q on q.id = o.id$$,
  $$values ('toy.send', 'queue-1', 'URB', '{"n": 1}'::jsonb, 'pending', 0, '2026-05-01 12:00+00'::timestamptz)$$,
  'a command waits in its queue and is due at once');
select core.enqueue_command('toy.send', 'queue-1', 'URB', null, '{}', '2026-05-01 13:00+00') as id;
select is(
  (select max(o.next_attempt_at) from core.outbox as o), '2026-05-01 13:00+00'::timestamptz,
  'unless it must wait');
select throws_ok(
  $$select core.enqueue_command('send', 'queue-1', 'URB', null, '{}')$$, '23514', null,
  'a topic names its module and a verb');
select throws_ok(
  $$insert into core.outbox (topic, queue_key, city_code, status, finished_at)
    values ('toy.send', 'q', 'URB', 'done', clock_timestamp())$$, 'PT409', null,
  'nobody writes a command that is already done');
select is(
  has_function_privilege('service_role', 'core.enqueue_command(text, text, text, uuid, jsonb, timestamptz)', 'execute'), false,
  'only functions of ours decide commands');
select results_eq(
  $$select l.event_type, l.city_code, l.metadata -> 'payload' from audit.audit_logs as l
    where l.entity_id = (select id from queued)$$,
  $$values ('command.created', 'URB', '"***"'::jsonb)$$,
  'a command is recorded, but not what it carries');

select * from finish();
rollback;
