-- The day of arrival has come: the guest is expected.
-- Who: tick_start_checkins, which holds the order. Locks: reservation.
create or replace function lodging.start_checkin(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation constant lodging.reservations := lodging.lock_reservation(p_reservation_id);
begin
  if v_reservation.status <> 'confirmed' then
    return false;
  end if;
  perform lodging.advance_stay(v_reservation, 'checkin_pending');
  return true;
end;
$$;
comment on function lodging.start_checkin(uuid) is 'Moves a confirmed reservation to checkin_pending; returns whether it was confirmed.';
revoke all on function lodging.start_checkin(uuid) from public;
