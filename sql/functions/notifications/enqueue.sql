-- Queue a message, once per dedupe key. To the given facts come city, and the order's total and description. It is written
-- from its template when it is sent, so that queueing never stops the business that causes it.
-- Who: functions of ours. Locks: none.
create or replace function notifications.enqueue(
  p_template_code text, p_channel notifications.notification_channel, p_city_code text, p_booking_id uuid,
  p_recipient jsonb, p_facts jsonb, p_dedupe_key text)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into notifications.notification_outbox as n (
    city_code, recipient_type, recipient_id, recipient_email, recipient_phone, template_code, channel, locale,
    booking_id, metadata, dedupe_key, scheduled_for)
  select c.code, p_recipient ->> 'type', (p_recipient ->> 'id')::uuid, p_recipient ->> 'email', p_recipient ->> 'phone',
    p_template_code, p_channel, coalesce(p_recipient ->> 'locale', core.setting('notifications.locale', c.code) #>> '{}'),
    p_booking_id,
    jsonb_strip_nulls(jsonb_build_object('city', c.name) || coalesce(
      (select jsonb_build_object('total', jsonb_build_object('amount', o.amount, 'currency', o.currency), 'description', o.description)
       from payments.orders as o where o.id = p_booking_id), '{}') || p_facts),
    p_dedupe_key, core.now()
  from core.cities as c
  where c.code = p_city_code
  on conflict (dedupe_key) do nothing
  returning n.id into v_id;
  if not found then
    select n.id into v_id from notifications.notification_outbox as n where n.dedupe_key = p_dedupe_key;
  end if;
  return v_id;
end;
$$;
comment on function notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text) is
  'Queues a message to be written from a template, and returns its id. p_recipient: type, id, email, phone, locale.';
revoke all on function notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text) from public;
