-- Messages for tests of what becomes of them.

--- A mail in its queue, due now, to the given address; its id is that of its name.
create or replace function tests.create_message(
  name text, city text default 'URB', recipient text default 'ana@mail.example', booking uuid default null,
  channel text default 'email', recipient_type text default 'traveler')
returns uuid language sql volatile security definer set search_path = '' as $$
  select tests.create_city(create_message.city);
  insert into notifications.notification_outbox (
    id, city_code, recipient_type, recipient_email, recipient_phone, template_code, channel, booking_id, metadata,
    dedupe_key, scheduled_for)
  values (
    tests.id(create_message.name), create_message.city, create_message.recipient_type,
    case when create_message.channel = 'email' then create_message.recipient end,
    case when create_message.channel in ('sms', 'whatsapp') then create_message.recipient end,
    'booking_confirmation', create_message.channel::notifications.notification_channel, create_message.booking,
    '{"property_name": "House"}', create_message.name, core.now())
  returning id
$$;

create or replace function tests.message(name text)
returns notifications.notification_outbox language sql stable security definer set search_path = '' as $$
  select n from notifications.notification_outbox as n where n.id = tests.id(message.name)
$$;

--- What it is called.
create or replace function tests.message_name(id uuid)
returns text language sql stable security definer set search_path = '' as $$
  select n.dedupe_key from notifications.notification_outbox as n where n.id = message_name.id
$$;

--- What a worker reports about a message it has claimed.
create or replace function tests.report_sent(name text)
returns jsonb language sql volatile security definer set search_path = '' as $$
  select notifications.complete_notification(m.id, m.claim_token, 'Booked', 'All is well')
  from tests.message(report_sent.name) as m
$$;

create or replace function tests.report_unsent(name text, retry boolean default true)
returns jsonb language sql volatile security definer set search_path = '' as $$
  select notifications.fail_notification(m.id, m.claim_token, 'SMTP_550: no such box', report_unsent.retry)
  from tests.message(report_unsent.name) as m
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
