-- Write a message and queue it, once per dedupe key. The template is the best for the recipient's locale, then the city's own
-- before that of ALL. To the given facts come city, and the order's total and description.
-- A message that cannot be written (no template, no address, a fact missing) goes before a person instead: it never stops
-- the business that caused it.
-- Who: functions of ours. Locks: none.
create or replace function notifications.enqueue(
  p_template_code text, p_channel notifications.notification_channel, p_city_code text, p_booking_id uuid,
  p_recipient jsonb, p_facts jsonb, p_dedupe_key text)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_default_locale constant text := core.setting('notifications.locale', p_city_code) #>> '{}';
  v_locale constant text := coalesce(p_recipient ->> 'locale', v_default_locale);
  v_template notifications.notification_templates;
  v_facts jsonb;
  v_missing jsonb;
  v_problem text;
  v_id uuid;
begin
  select n.id into v_id from notifications.notification_outbox as n where n.dedupe_key = p_dedupe_key;
  if found then
    return v_id;
  end if;

  select t.* into v_template
  from notifications.notification_templates as t
  where t.template_code = p_template_code and t.channel = p_channel and t.is_active and t.city_code in (p_city_code, 'ALL')
  order by t.locale = v_locale desc, split_part(t.locale, '-', 1) = split_part(v_locale, '-', 1) desc,
    t.locale = v_default_locale desc, t.city_code = p_city_code desc, t.locale
  limit 1;

  select jsonb_build_object('city', c.name) || coalesce(
      (select jsonb_build_object('total', jsonb_build_object('amount', o.amount, 'currency', o.currency), 'description', o.description)
       from payments.orders as o where o.id = p_booking_id), '{}') || p_facts
  into v_facts
  from core.cities as c
  where c.code = p_city_code;
  select jsonb_agg(distinct n.name) into v_missing
  from unnest(notifications.placeholders(concat_ws(' ', v_template.subject_template, v_template.body_template))) as n (name)
  where coalesce(v_facts -> n.name, 'null') = 'null';

  v_problem := case
    when v_template.id is null then 'no template'
    when p_recipient ->> (case when p_channel = 'email' then 'email' when p_channel = 'push' then 'id' else 'phone' end) is null
      then 'no address'
    when v_missing is not null then 'facts missing'
  end;
  if v_problem is not null then
    perform core.open_exception('message_not_written', p_city_code, p_booking_id, jsonb_strip_nulls(jsonb_build_object(
      'problem', v_problem, 'template_code', p_template_code, 'channel', p_channel, 'locale', v_locale,
      'recipient_type', p_recipient ->> 'type', 'facts', v_missing)));
    return null;
  end if;

  insert into notifications.notification_outbox as n (
    city_code, recipient_type, recipient_id, recipient_email, recipient_phone, template_id, template_code, channel, locale,
    subject, body, booking_id, metadata, dedupe_key, scheduled_for)
  values (
    p_city_code, p_recipient ->> 'type', (p_recipient ->> 'id')::uuid, p_recipient ->> 'email', p_recipient ->> 'phone',
    v_template.id, p_template_code, p_channel, v_template.locale,
    regexp_replace(notifications.render(v_template.subject_template, v_facts, v_template.locale), '[\r\n]+', ' ', 'g'),
    notifications.render(v_template.body_template, v_facts, v_template.locale),
    p_booking_id, p_facts, p_dedupe_key, core.now())
  on conflict (dedupe_key) do nothing
  returning n.id into v_id;
  if not found then
    select n.id into v_id from notifications.notification_outbox as n where n.dedupe_key = p_dedupe_key;
  end if;
  return v_id;
end;
$$;
comment on function notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text) is
  'Writes a message from a template and queues it; returns its id, or null where a person must look at it. p_recipient: type, id, email, phone, locale.';
revoke all on function notifications.enqueue(text, notifications.notification_channel, text, uuid, jsonb, jsonb, text) from public;
