-- Queue the cancellation of a reservation at the Host; behind its commit, and by our reference where the Host's id is unknown.
-- Who: functions of ours that hold the reservation. Locks: none.
create or replace function lodging.queue_host_cancel(p_reservation_id uuid)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select core.enqueue_command('lodging.cancel_booking', 'reservation:' || r.id, r.city_code, r.id,
    jsonb_build_object('reservation_id', r.id, 'host_booking_id', r.host_booking_id))
  from lodging.reservations as r
  where r.id = p_reservation_id
$$;
comment on function lodging.queue_host_cancel(uuid) is 'Queues the command that cancels a reservation at the Host.';
revoke all on function lodging.queue_host_cancel(uuid) from public;
