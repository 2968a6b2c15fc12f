-- Bring a reservation as far as the Host says, through every state on the way. What lies behind changes nothing.
-- Who: functions of ours that hold order and reservation. Locks: none. Fails with: INVALID_TRANSITION.
create or replace function lodging.advance_stay(p_reservation lodging.reservations, p_to lodging.reservation_status)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_path constant lodging.reservation_status[] :=
    array['confirmed', 'checkin_pending', 'checked_in', 'checked_out', 'completed', 'payout_pending', 'paid_out']
    ::lodging.reservation_status[];
  v_from constant integer := array_position(v_path, p_reservation.status);
begin
  if v_from is null then
    perform core.raise_invalid_transition('reservation', p_reservation.status::text, p_to::text);
  end if;
  for i in v_from + 1 .. array_position(v_path, p_to) loop
    update lodging.reservations as r set status = v_path[i] where r.id = p_reservation.id;
  end loop;
end;
$$;
comment on function lodging.advance_stay(lodging.reservations, lodging.reservation_status) is
  'Moves a reservation forward on the way from confirmed to paid out.';
revoke all on function lodging.advance_stay(lodging.reservations, lodging.reservation_status) from public;
