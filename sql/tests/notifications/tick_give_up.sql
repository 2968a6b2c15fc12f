begin;
select plan(4);

update core.settings set value = '{"max_attempts": 1, "backoff_seconds": [10], "lease_seconds": 60}' where key = 'notifications.sending';
select tests.freeze_time('2026-05-01 12:00+00');
select tests.create_message('lost'), tests.create_message('waiting', channel => 'push');
select notifications.claim_notifications('{email}', 10);
select is(notifications.tick_give_up(10), 0, 'a lease that holds is left alone');
select tests.freeze_time('2026-05-01 12:01+00');
select is(notifications.tick_give_up(10), 1, 'a message whose worker vanished on its last try');
select results_eq(
  $$select (tests.message('lost')).status::text, (tests.message('waiting')).status::text, e.kind, e.detail ->> 'error' from core.exceptions as e$$,
  $$values ('failed', 'pending', 'message_not_sent', 'the worker vanished')$$, 'is given up and goes before a person');
select is(notifications.tick_give_up(10), 0, 'once');

select * from finish();
rollback;
