-- Write to the owner of the property of a booking, where one is known.
-- Who: functions of ours. Locks: none. Once per template and booking.
create or replace function lodging.notify_owner(p_template_code text, p_booking_id uuid)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select notifications.enqueue(
    p_template_code, 'email', i.city_code, i.id,
    jsonb_build_object('type', 'owner', 'id', w.id, 'email', w.email, 'phone', w.phone),
    lodging.stay_facts(i.id), p_template_code || ':' || i.id)
  from lodging.booking_intents as i
  join payments.orders as o on o.id = i.id
  join lodging.property_owners as w on w.id = o.payee_id
  where i.id = p_booking_id
$$;
comment on function lodging.notify_owner(text, uuid) is 'Queues a message to the owner of a booking''s property.';
revoke all on function lodging.notify_owner(text, uuid) from public;
