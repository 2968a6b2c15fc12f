begin;
select plan(14);

select tests.create_lodging();
select tests.as_anon();
select tests.hold('ana');
reset role;
select tests.pay_stay('ana');
select tests.freeze_time('2030-01-01 12:00:00+00');
select integrations.host_webhook_receiver('checkin.completed', now(), '{"host_booking_id": "H1", "host_property_id": "host-house"}', 's', 'w');
create function pg_temp.event() returns integrations.host_webhook_events language sql as $$
  select e from integrations.host_webhook_events as e
$$;

select is((integrations.gauges() ->> 'host_events_failed')::integer, 1, 'what failed is counted');
select is(integrations.tick_retry_host_events(10), 0, 'it is not due at once');
select tests.freeze_time('2030-01-01 12:00:05+00');
select is(integrations.tick_retry_host_events(10), 1, 'but after five seconds');
select results_eq($$select (e).attempts, (e).next_try_at from pg_temp.event() as e$$, $$values (2, '2030-01-01 12:00:35+00'::timestamptz)$$, 'then after thirty');
do $$
begin
  for i in 1 .. 4 loop
    perform tests.freeze_time('2030-01-01 12:00:00+00'::timestamptz + i * interval '1 day');
    perform integrations.tick_retry_host_events(10);
  end loop;
end $$;
select results_eq($$select (e).attempts, (e).next_try_at from pg_temp.event() as e$$, $$values (6, null::timestamptz)$$, 'after six tries it waits for somebody');
select is((select count(*) from core.exceptions as x where x.kind = 'host_event_failed'), 1::bigint, 'who has one case to look at');

-- by a person
create temporary table given as select (e).id as id from pg_temp.event() as e;
grant select on given to authenticated;
select tests.as_staff('agent', 'ALL');
select tests.throws_code($$select api.retry_host_event(null)$$, 'MISSING_REQUIRED_FIELD', 'which event must be said');
select tests.throws_code('select api.retry_host_event((select id from given))', 'FORBIDDEN', 'staff of other cities have no say');
select tests.as_anon();
select throws_ok($$select api.retry_host_event(null)$$, '42501', null, 'nor have visitors');
reset role;
select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H1"}');
select tests.as_staff('agent', 'URB');
select is(api.retry_host_event((select id from given)) ->> 'processed', 'true', 'an agent of the city tries again');
select tests.throws_code($$select api.retry_host_event(gen_random_uuid())$$, 'FORBIDDEN', 'of events nobody sees an agent learns nothing');
reset role;
select is((tests.stay('ana')).status, 'checked_in', 'now that the reason is gone it goes well');
select is((select count(*) from core.exceptions as x where x.resolved_at is null), 0::bigint, 'the case is closed');
select is(integrations.process_host_event((select id from given)), true, 'what is processed is not processed again');

select * from finish();
rollback;
