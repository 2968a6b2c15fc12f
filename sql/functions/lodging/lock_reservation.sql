-- A reservation, locked in the order that everybody keeps.
-- Who: functions of ours. Locks: order, reservation.
create or replace function lodging.lock_reservation(p_reservation_id uuid)
returns lodging.reservations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation lodging.reservations;
begin
  perform from payments.orders as o where o.id = p_reservation_id for no key update;
  select * into v_reservation from lodging.reservations as r where r.id = p_reservation_id for no key update;
  return v_reservation;
end;
$$;
comment on function lodging.lock_reservation(uuid) is 'Locks order and reservation and returns the reservation; null if there is none.';
revoke all on function lodging.lock_reservation(uuid) from public;
