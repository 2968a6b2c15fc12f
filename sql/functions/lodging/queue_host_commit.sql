-- Queue a reservation for the Host, with all that it needs to book; a guest who gave no name is known by the confirmation code.
-- Who: functions of ours that hold the reservation. Locks: none.
create or replace function lodging.queue_host_commit(p_reservation_id uuid)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select core.enqueue_command('lodging.commit_booking', 'reservation:' || r.id, r.city_code, r.id, jsonb_build_object(
    'reservation_id', r.id, 'confirmation_code', r.confirmation_code,
    'host_property_id', p.host_property_id, 'host_unit_id', u.host_unit_id,
    'check_in', r.check_in, 'check_out', r.check_out,
    'guests', jsonb_build_object('adults', r.guests_adults, 'children', r.guests_children, 'infants', r.guests_infants),
    'guest', jsonb_build_object(
      'first_name', coalesce(t.first_name, 'Guest'), 'last_name', coalesce(t.last_name, r.confirmation_code),
      'email', t.email, 'phone', t.phone),
    'total_amount', r.total_amount, 'currency', r.currency))
  from lodging.reservations as r
  join lodging.properties_map as p on p.id = r.property_id
  join lodging.unit_map as u on u.id = r.unit_id
  left join lodging.travelers as t on t.id = r.traveler_id
  where r.id = p_reservation_id
$$;
comment on function lodging.queue_host_commit(uuid) is 'Queues the command that books a reservation at the Host.';
revoke all on function lodging.queue_host_commit(uuid) from public;
