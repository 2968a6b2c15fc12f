-- Ask the Host how a stay stands whose guest should have come, or gone.
-- Who: tick_ask_host, which holds the order. Locks: reservation.
create or replace function lodging.ask_host(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation constant lodging.reservations := lodging.lock_reservation(p_reservation_id);
begin
  if v_reservation.status not in ('checkin_pending', 'checked_in') then
    return false;
  end if;
  perform core.enqueue_command('lodging.look_up_booking', 'reservation:' || p_reservation_id, v_reservation.city_code, p_reservation_id,
    jsonb_build_object('host_booking_id', v_reservation.host_booking_id));
  return true;
end;
$$;
comment on function lodging.ask_host(uuid) is 'Queues the question how a stay stands; returns whether it is one of those.';
revoke all on function lodging.ask_host(uuid) from public;
