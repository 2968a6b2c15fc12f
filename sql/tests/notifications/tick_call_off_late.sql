begin;
select plan(5);

select tests.freeze_time('2026-05-01 12:00+00');
select tests.create_message('a'), tests.create_message('b'), tests.create_message('c', 'FLN'), tests.create_message('sending', 'FLN');
update notifications.notification_outbox set scheduled_for = '2026-05-01 11:00+00' where id = tests.id('sending');
select notifications.claim_notifications('{email}', 1);
select tests.freeze_time('2026-05-04 11:59+00');
select is(notifications.tick_call_off_late(10), 0, 'a message may wait three days for somebody who sends it');
select tests.freeze_time('2026-05-04 12:00+00');
select is(notifications.tick_call_off_late(2), 2, 'then it is called off, as many at a time as asked');
select is(notifications.tick_call_off_late(10), 1, 'oldest first, until none is left');
select results_eq(
  'select tests.message_name(n.id), n.status::text from notifications.notification_outbox as n order by 1',
  $$values ('a', 'cancelled'), ('b', 'cancelled'), ('c', 'cancelled'), ('sending', 'processing')$$, 'what a worker has taken is not touched');
select bag_eq(
  'select e.kind, e.city_code, e.detail from core.exceptions as e',
  $$values ('messages_called_off', 'URB', '{"channel": "email"}'::jsonb), ('messages_called_off', 'FLN', '{"channel": "email"}')$$,
  'one case per city and channel says so');

select * from finish();
rollback;
