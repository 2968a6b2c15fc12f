begin;
select plan(22);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
insert into payments.product_lines (name) values ('toy');
insert into payments.orders (product_line, listing_id, session_hash, city_code, amount, currency, description)
values ('toy', core.new_id(), 'x', 'URB', 123456, 'BRL', 'Three nights');
create temporary table booking as select id from payments.orders;
insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'greeting', 'email', 'pt-BR', 'ALL pt-BR', '{{name}} {{city}} {{total}} {{description}}'),
  ('ALL', 'greeting', 'email', 'en', 'ALL en', 'x'),
  ('ALL', 'greeting', 'sms', 'pt-BR', null, 'sms {{name}}'),
  ('URB', 'greeting', 'email', 'pt-BR', 'URB pt-BR', 'x'),
  ('ALL', 'only-danish', 'email', 'da', 'ALL da', 'x');
create function pg_temp.send(p_city text, p_recipient jsonb, p_template text default 'greeting', p_channel text default 'email')
returns text language plpgsql as $$
declare
  v_id constant uuid := notifications.enqueue(
    p_template, p_channel::notifications.notification_channel, p_city, (select id from booking),
    p_recipient || '{"type": "traveler"}', '{"name": "Ada"}', null);
begin
  return (select coalesce(n.subject, n.body) from notifications.notification_outbox as n where n.id = v_id);
end $$;

-- which template
select is(pg_temp.send('FLN', '{"email": "a@b.c"}'), 'ALL pt-BR', 'a city without its own text uses that of all');
select is(pg_temp.send('URB', '{"email": "a@b.c"}'), 'URB pt-BR', 'a city''s own text goes first');
select is(pg_temp.send('URB', '{"email": "a@b.c", "locale": "en"}'), 'ALL en', 'but the recipient''s language goes before it');
select is(pg_temp.send('URB', '{"email": "a@b.c", "locale": "en-GB"}'), 'ALL en', 'another country''s English is English');
select is(pg_temp.send('URB', '{"email": "a@b.c", "locale": "fr"}'), 'URB pt-BR', 'a language nobody wrote falls back');
select is(pg_temp.send('URB', '{"email": "a@b.c"}', 'only-danish'), 'ALL da', 'any text is better than none');
select is(pg_temp.send('URB', '{"phone": "+55"}', 'greeting', 'sms'), 'sms Ada', 'each channel has its texts');
update core.settings set value = '"en"' where key = 'notifications.locale';
select is(pg_temp.send('FLN', '{"email": "a@b.c"}'), 'ALL en', 'the language of those whose own is not known is a setting');
update core.settings set value = '"pt-BR"' where key = 'notifications.locale';
update notifications.notification_templates set is_active = false where city_code = 'URB';
select is(pg_temp.send('URB', '{"email": "a@b.c"}'), 'ALL pt-BR', 'a text out of use is not used');
select is(
  (select n.body from notifications.notification_outbox as n order by n.id desc limit 1),
  'Ada Urubici BRL 1.234,56 Three nights', 'city, total and description come of themselves');

-- what is queued
select tests.freeze_time('2026-05-01 12:00+00');
create temporary table sent as
  select notifications.enqueue('greeting', 'email', 'URB', id, jsonb_build_object('type', 'traveler', 'id', id, 'email', 'a@b.c', 'phone', '+55'),
    '{"name": "Ada\nBcc: x"}', 'greeting:1') as id
  from booking;
select results_eq(
  $$select n.status::text, n.city_code, n.booking_id, n.recipient_type, n.recipient_id, n.recipient_email, n.recipient_phone,
      n.template_code, n.locale, n.metadata, n.scheduled_for
    from notifications.notification_outbox as n join sent using (id)$$,
  $$select 'pending', 'URB', id, 'traveler', id, 'a@b.c', '+55', 'greeting', 'pt-BR', '{"name": "Ada\nBcc: x"}'::jsonb,
      '2026-05-01 12:00+00'::timestamptz from booking$$,
  'a message waits to be sent, with recipient, booking, text and facts');
insert into notifications.notification_templates (city_code, template_code, channel, subject_template, body_template)
values ('ALL', 'inject', 'email', 'To {{name}}', 'x');
select notifications.enqueue(
  'inject', 'email', 'URB', null, '{"type": "admin", "email": "a@b.c"}', '{"name": "Ada\r\nBcc: x"}', 'inject');
select is(
  (select n.subject from notifications.notification_outbox as n where n.dedupe_key = 'inject'), 'To Ada Bcc: x',
  'a subject is one line, whatever the facts hold');
select is(
  notifications.enqueue('greeting', 'email', 'URB', null, '{"type": "traveler", "email": "other"}', '{}', 'greeting:1'), (select id from sent),
  'the same key sends once');
select throws_ok(
  $$insert into notifications.notification_outbox (city_code, recipient_type, template_code, channel, status)
    values ('URB', 'admin', 'greeting', 'email', 'sent')$$, 'PT409', null, 'nobody writes a message that is already sent');
select is_empty(
  $$select metadata from audit.audit_logs where entity_type = 'notification' and metadata::text ~ '(Ada|a@b)'$$,
  'messages are recorded without personal data');

-- what cannot be written
select is(pg_temp.send('URB', '{"email": "a@b.c"}', 'nonsense'), null, 'without a template nothing is queued');
select is(pg_temp.send('URB', '{"phone": "+55"}'), null, 'nor without an address');
select is(pg_temp.send('URB', '{"email": "a@b.c"}', 'greeting', 'sms'), null, 'nor with one of another channel');
select is(
  notifications.enqueue('greeting', 'email', 'FLN', null, '{"type": "traveler", "email": "a@b.c"}', '{"name": null}', null), null,
  'nor when facts are missing');
select bag_eq(
  $$select e.city_code, e.detail ->> 'problem' as problem, e.detail -> 'facts' as facts, e.detail ->> 'channel' as channel
    from core.exceptions as e where e.kind = 'message_not_written'$$,
  $$values ('URB', 'no template', null::jsonb, 'email'), ('URB', 'no address', null, 'email'), ('URB', 'no address', null, 'sms'),
    ('FLN', 'facts missing', '["description", "name", "total"]', 'email')$$,
  'each goes before a person, with the reason');

-- actors
select is(
  has_function_privilege('service_role',
    'notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text)', 'execute'), false,
  'only functions of ours send messages');
select tests.as_staff('admin');
select throws_ok('table notifications.notification_outbox', '42501', null, 'staff do not read messages from the table');
reset role;

select * from finish();
rollback;
