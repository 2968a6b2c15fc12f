begin;
select plan(3);

select is(notifications.gauges(), '{"unsent": 0, "late_seconds": 0}', 'without messages nothing is late');
select tests.freeze_time('2026-05-01 12:00+00');
select tests.create_message('a'), tests.create_message('b', channel => 'push');
select notifications.claim_notifications('{email}', 10);
select tests.freeze_time('2026-05-01 12:01:30+00');
select is(notifications.gauges() -> 'unsent', '2', 'what waits and what is being sent is counted');
select is((notifications.gauges() ->> 'late_seconds')::numeric, 90::numeric, 'the oldest that waits tells how late we are');

select * from finish();
rollback;
