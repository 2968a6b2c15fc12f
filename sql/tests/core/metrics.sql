begin;
select plan(10);

create schema toy;
create schema silent;
create function silent.gauges() returns jsonb language sql as $$select '{}'::jsonb$$;
create function toy.gauges() returns jsonb language sql as $$select '{"size": 3}'::jsonb$$;
insert into core.modules (name, position) values ('toy', 5000), ('silent', 5001);
insert into core.outbox (topic, queue_key, city_code, next_attempt_at)
values ('toy.do', 'a', 'ALL', clock_timestamp() - interval '90 s'), ('toy.do', 'b', 'ALL', clock_timestamp() + interval '1 h');
insert into core.outbox (topic, queue_key, city_code) values ('toy.do', 'c', 'ALL');
update core.outbox set status = 'dead', finished_at = clock_timestamp() where queue_key = 'c';
select core.open_exception('toy_broke', 'ALL', null);

select tests.authenticate_as_service_role();
select is(api.metrics() ->> 'toy_size', '3', 'a module''s figures carry its name');
select ok(api.metrics() ?& array['payments_stripe_events_failed', 'lodging_holds'], 'every module that has some is asked');
reset role;
select cmp_ok((core.gauges() ->> 'oldest_transaction_seconds')::numeric, '>=', 0::numeric, 'the age of the oldest transaction is told');
insert into payments.stripe_events (event_id, type, livemode, created, payload, status, received_at) values
  ('evt_1', 't', false, now(), '{}', 'received', clock_timestamp() - interval '90 s'), ('evt_2', 't', false, now(), '{}', 'received', clock_timestamp());
update payments.stripe_events set status = 'failed';
select cmp_ok((payments.gauges() ->> 'stripe_events_late_seconds')::numeric, '>=', 90::numeric, 'so is the oldest event that is not through');
update payments.stripe_events set status = 'dead' where event_id = 'evt_1';
select is(payments.gauges() -> 'stripe_events_dead', '1', 'and those that were given up');
select is(core.gauges() -> 'commands_pending', '2', 'commands that wait are counted');
select is(core.gauges() -> 'commands_dead', '1', 'so are the dead');
select cmp_ok((core.gauges() ->> 'commands_late_seconds')::numeric, '>=', 90::numeric, 'the oldest command that is due tells how late we are');
select is(core.metrics() -> 'core_exceptions_open', '1', 'cases nobody has resolved are counted');

select tests.as_staff('admin');
select throws_ok('select api.metrics()', '42501', null, 'staff may not ask');

select * from finish();
rollback;
