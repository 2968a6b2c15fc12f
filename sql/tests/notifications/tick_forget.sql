begin;
select plan(6);

select tests.create_message('sent'), tests.create_message('text', recipient => '+55', channel => 'sms'), tests.create_message('waiting', channel => 'push');
select notifications.claim_notifications('{email, sms}', 10);
select tests.report_sent('sent'), tests.report_unsent('text', retry => false);
select is(notifications.tick_forget(10), 0, 'what was written lately is kept');
select tests.freeze_time(now() + interval '366 days');
select is(notifications.tick_forget(10), 2, 'what has come to its end long ago is not');
select is_empty(
  $$select * from notifications.notification_outbox as n
    where n.id in (tests.id('sent'), tests.id('text')) and concat(n.recipient_email, n.recipient_phone, n.subject, n.body, n.metadata) <> '{}'$$,
  'recipient, text and facts are gone');
select results_eq(
  $$select tests.message_name(n.id), n.status::text, n.forgotten_at is not null from notifications.notification_outbox as n order by 1$$,
  $$values ('sent', 'sent', true), ('text', 'failed', true), ('waiting', 'pending', false)$$,
  'that there was a message is still known; one that waits is whole');
select is(notifications.tick_forget(10), 0, 'nothing is forgotten twice');
select throws_ok(
  $$update notifications.notification_outbox set body = 'x' where id = tests.id('sent')$$, '23514', null, 'and nobody fills it in again');

select * from finish();
rollback;
