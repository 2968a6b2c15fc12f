begin;
select plan(4);
-- tg_stripe_events__record: the audit log has how an event goes

select tests.freeze_time('2026-05-01 12:00+00');
create function pg_temp.recorded(event_id text) returns jsonb language sql as $$
  select jsonb_agg(l.metadata order by l.seq) from audit.audit_logs as l
  where l.entity_type = 'stripe_event' and l.entity_id = md5(event_id)::uuid and l.event_type = 'stripe_event.updated'
$$;

select tests.start_toy('car');
update toys.sales set state = 'broken' where id = tests.id('car');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'));
select is(pg_temp.recorded('evt_1'), '[{"event_id": "evt_1", "status": ["received", "failed"]}]', 'how an event goes is recorded, and no more');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'));
select is(jsonb_array_length(pg_temp.recorded('evt_1')), 1, 'another failure is no change');

update toys.sales set state = 'new' where id = tests.id('car');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'));
select is(pg_temp.recorded('evt_1') -> 1, '{"event_id": "evt_1", "status": ["failed", "processed"]}', 'until it is processed');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'));
select is(jsonb_array_length(pg_temp.recorded('evt_1')), 2, 'a second delivery changes nothing');

select * from finish();
rollback;
