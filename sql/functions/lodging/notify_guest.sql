-- Write to the traveler of a booking, where an e-mail address is known.
-- Who: functions of ours. Locks: none. Once per template and key.
create or replace function lodging.notify_guest(p_template_code text, p_booking_id uuid, p_key text, p_facts jsonb default '{}')
returns void
language sql volatile security definer
set search_path = ''
as $$
  select notifications.enqueue(
    p_template_code, 'email', i.city_code, i.id,
    jsonb_build_object('type', 'traveler', 'id', t.id, 'email', t.email, 'phone', t.phone),
    lodging.stay_facts(i.id) || p_facts, p_template_code || ':' || p_key)
  from lodging.booking_intents as i
  join lodging.travelers as t on t.id = i.traveler_id
  where i.id = p_booking_id and t.email is not null
$$;
comment on function lodging.notify_guest(text, uuid, text, jsonb) is 'Queues a message to the traveler of a booking.';
revoke all on function lodging.notify_guest(text, uuid, text, jsonb) from public;
