begin;
select plan(10);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
insert into payments.product_lines (name) values ('toy');
insert into payments.orders (product_line, listing_id, session_hash, city_code, amount, currency, description)
values ('toy', core.new_id(), 'x', 'URB', 123456, 'BRL', 'Three nights');
create temporary table booking as select id from payments.orders;

-- what is queued
select tests.freeze_time('2026-05-01 12:00+00');
create temporary table sent as
  select notifications.enqueue('greeting', 'email', 'URB', id, jsonb_build_object('type', 'traveler', 'id', id, 'email', 'a@b.c', 'phone', '+55'),
    '{"name": "Ada", "middle_name": null}', 'greeting:1') as id
  from booking;
select results_eq(
  $$select n.status::text, n.city_code, n.booking_id, n.recipient_type, n.recipient_id, n.recipient_email, n.recipient_phone,
      n.template_code, n.locale, n.scheduled_for, n.subject, n.body
    from notifications.notification_outbox as n join sent using (id)$$,
  $$select 'pending', 'URB', id, 'traveler', id, 'a@b.c', '+55', 'greeting', 'pt-BR',
      '2026-05-01 12:00+00'::timestamptz, null::text, null::text from booking$$,
  'a message waits to be written and sent, with recipient, booking and language');
select is(
  (select n.metadata from notifications.notification_outbox as n join sent using (id)),
  '{"name": "Ada", "city": "Urubici", "total": {"amount": 123456, "currency": "BRL"}, "description": "Three nights"}',
  'city, total and description come of themselves; what is not known is no fact');
select is(
  notifications.enqueue('greeting', 'email', 'URB', null, '{"type": "traveler", "email": "other"}', '{}', 'greeting:1'), (select id from sent),
  'the same key sends once');
select isnt(
  notifications.enqueue('greeting', 'email', 'URB', null, '{"type": "admin", "email": "a@b.c", "locale": "en"}', '{"city": "here"}', null),
  notifications.enqueue('nonsense', 'sms', 'URB', null, '{"type": "admin"}', '{}', null),
  'without a key each is sent; what is wrong with a message never stops who queues it');
select results_eq(
  $$select n.locale, n.metadata from notifications.notification_outbox as n where n.recipient_type = 'admin' order by n.template_code$$,
  $$values ('en', '{"city": "here"}'::jsonb), ('pt-BR', '{"city": "Urubici"}')$$,
  'the recipient''s language and the sender''s facts go first');
update core.settings set value = '"en"' where key = 'notifications.locale';
select notifications.enqueue('greeting', 'email', 'URB', null, '{"type": "owner", "email": "a@b.c"}', '{}', 'owner');
select is(
  (select n.locale from notifications.notification_outbox as n where n.dedupe_key = 'owner'), 'en',
  'the language of those whose own is not known is a setting');

-- guards
select throws_ok(
  $$insert into notifications.notification_outbox (city_code, recipient_type, template_code, channel, status)
    values ('URB', 'admin', 'greeting', 'email', 'sent')$$, 'PT409', null, 'nobody writes a message that is already sent');
select is_empty(
  $$select metadata from audit.audit_logs where entity_type = 'notification' and metadata::text ~ '(Ada|a@b)'$$,
  'messages are recorded without personal data');

-- actors
select is(
  has_function_privilege('service_role',
    'notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text)', 'execute'), false,
  'only functions of ours send messages');
select tests.as_staff('admin');
select throws_ok('select locked_until from notifications.notification_outbox', '42501', null, 'staff do not read messages from the table');
reset role;

select * from finish();
rollback;
