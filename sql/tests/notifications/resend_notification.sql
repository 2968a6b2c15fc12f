begin;
select plan(21);

select tests.create_order('stay', 100);
select tests.create_message('failed', booking => tests.id('stay')), tests.create_message('sent'),
  tests.create_message('text', recipient => '+55', channel => 'sms'), tests.create_message('elsewhere', 'FLN');
select notifications.claim_notifications('{email, sms}', 10);
select tests.report_unsent(n, retry => false) from unnest('{failed, text, elsewhere}'::text[]) as n;
select tests.report_sent('sent');
select tests.create_message('waiting');
create function pg_temp.resent(p_name text, p_recipient text default null) returns uuid language sql as
  $$select (api.resend_notification(tests.id(p_name), p_recipient) ->> 'id')::uuid$$;

-- actors
select tests.as_anon();
select throws_ok($$select api.resend_notification(null)$$, '42501', null, 'a guest may not');
select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select tests.throws_code($$select api.resend_notification(tests.id('failed'))$$, 'FORBIDDEN', 'a customer may not');
select tests.as_staff('agent', 'FLN');
select tests.throws_code($$select api.resend_notification(tests.id('failed'))$$, 'FORBIDDEN', 'an agent of another city may not');
select tests.throws_code($$select api.resend_notification(gen_random_uuid())$$, 'FORBIDDEN', 'who may not is not told what exists');
select tests.as_staff('vendor', 'URB');
select tests.throws_code($$select api.resend_notification(tests.id('failed'))$$, 'FORBIDDEN', 'a vendor may not');
select tests.as_staff('agent', 'URB');
create temporary table new as select pg_temp.resent('failed') as id;
select isnt((select id from new), tests.id('failed'), 'an agent of its city may; it is a new message');
reset role;

-- effect
select results_eq(
  $$select n.status::text, n.attempt_count, n.recipient_email, n.template_code, n.channel::text, n.locale, n.booking_id, n.metadata, n.dedupe_key
    from notifications.notification_outbox as n join new using (id)$$,
  $$values ('pending', 0, 'ana@mail.example', 'booking_confirmation', 'email', 'pt-BR', tests.id('stay'), '{"property_name": "House"}'::jsonb, null::text)$$,
  'to the same recipient with the same facts, with all its tries');
select is((tests.message('failed')).status::text, 'failed', 'the old one stays as it ended');
select bag_eq(
  $$select tests.message_name((e.detail ->> 'notification_id')::uuid), e.resolution, e.resolved_by from core.exceptions as e$$,
  $$values ('failed', 'sent again', tests.staff('agent', 'URB')::text), ('text', null, null), ('elsewhere', null, null)$$,
  'its case is resolved by who did it, and no other');
select ok(
  exists (select from audit.audit_logs where event_type = 'notification.created' and entity_id = (select id from new)
    and actor_subject = tests.staff('agent', 'URB')::text),
  'the log says who sent it again');
create temporary table again as select pg_temp.resent('sent', 'bia@mail.example') as mail, pg_temp.resent('text', '+4512') as sms;
select results_eq(
  $$select n.recipient_email, n.recipient_phone from notifications.notification_outbox as n join again as a on n.id in (a.mail, a.sms) order by n.channel$$,
  $$values ('bia@mail.example', null), (null, '+4512')$$, 'a message may go to another address or number');
select tests.throws_code($$select api.resend_notification(tests.id('sent'), '')$$, 'INVALID_PARAMETER', 'which must be one');
select tests.throws_code($$select api.resend_notification(tests.id('waiting'))$$, 'INVALID_TRANSITION', 'what waits is not sent twice');
select notifications.claim_notifications('{email}', 10);
select tests.throws_code($$select api.resend_notification(tests.id('waiting'))$$, 'INVALID_TRANSITION', 'nor what is being sent');
select tests.report_sent('waiting');
update notifications.notification_outbox
set forgotten_at = now(), recipient_email = null, recipient_phone = null, subject = null, body = null, metadata = '{}'
where id = tests.id('sent');
select tests.throws_code($$select api.resend_notification(tests.id('sent'))$$, 'NOT_FOUND', 'what was forgotten cannot be said again');
select tests.as_staff('admin');
select isnt(pg_temp.resent('elsewhere'), null, 'the administrator of all cities may');
select tests.as_staff('city_admin', 'URB');
select isnt(pg_temp.resent('waiting'), null, 'that of its city may');
select tests.as_staff('supervisor', 'URB');
select isnt(pg_temp.resent('waiting'), null, 'a supervisor may');
select tests.authenticate_as_service_role();
select isnt(pg_temp.resent('waiting'), null, 'the system may');
select tests.throws_code($$select api.resend_notification(gen_random_uuid())$$, 'NOT_FOUND', 'and learns what does not exist');
reset role;
update notifications.notification_templates set body_template = 'corrected' where template_code = 'booking_confirmation';
select is(
  (select c ->> 'body_template' from jsonb_array_elements(notifications.claim_notifications('{email}', 10)) as c limit 1), 'corrected',
  'it is written anew, from a text that may have been corrected');

select * from finish();
rollback;
