begin;
select plan(10);

update core.settings set value = '{"max_attempts": 3, "backoff_seconds": [10, 60], "lease_seconds": 60}' where key = 'notifications.sending';
select tests.freeze_time('2026-05-01 12:00+00');
select tests.create_message('mail'), tests.create_message('refused');
select notifications.claim_notifications('{email}', 10);
create function pg_temp.mail() returns text language sql as $$
  select concat_ws(' ', (m).status, (m).attempt_count, to_char((m).scheduled_for at time zone 'UTC', 'HH24:MI:SS'), (m).last_error)
  from tests.message('mail') as m
$$;

select is(
  notifications.fail_notification(tests.id('mail'), core.new_id(), 'x', true), '{"accepted": false}', 'who lost the lease changes nothing');
select is(tests.report_unsent('mail'), '{"accepted": true, "gives_up": false}', 'a try that failed');
select is(pg_temp.mail(), 'pending 1 12:00:10 SMTP_550: no such box', 'is followed by another, a while later');
select tests.freeze_time('2026-05-01 12:00:10+00');
select notifications.claim_notifications('{email}', 10);
select tests.report_unsent('mail');
select is(pg_temp.mail(), 'pending 2 12:01:10 SMTP_550: no such box', 'then after a longer while');
select tests.freeze_time('2026-05-01 12:01:10+00');
select notifications.claim_notifications('{email}', 10);
select is(tests.report_unsent('mail'), '{"accepted": true, "gives_up": true}', 'and is given up when its tries are used up');
select is((tests.message('mail')).status::text, 'failed', 'it failed');
select is(tests.report_unsent('refused', retry => false), '{"accepted": true, "gives_up": true}', 'what no try can help is given up at once');
select bag_eq(
  $$select tests.message_name((e.detail ->> 'notification_id')::uuid), e.city_code, e.detail - 'notification_id'
    from core.exceptions as e where e.kind = 'message_not_sent'$$,
  $$select n, 'URB', '{"template_code": "booking_confirmation", "channel": "email", "recipient_type": "traveler", "error": "SMTP_550: no such box"}'::jsonb
    from unnest('{mail, refused}'::text[]) as n$$,
  'both go before a person, without the address');
select is((select count(*) from notifications.notification_outbox), 2::bigint, 'the guest hears nothing of it');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.fail_notification(gen_random_uuid(), gen_random_uuid(), 'a', true)$$, '42501', null, 'staff may not say so');
reset role;

select * from finish();
rollback;
