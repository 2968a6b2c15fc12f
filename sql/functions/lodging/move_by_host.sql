-- The Host has moved a stay, to other nights or another unit: nights go and come together. What was paid stays as it is, so that a
-- stay that was sold here goes before a person.
-- Who: on_host_event, which holds order and reservation. Locks: both units, their nights. Fails with: NOT_FOUND (the unit), 23514.
create or replace function lodging.move_by_host(p_reservation lodging.reservations, p_booking jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_unit_id constant uuid := case
    when p_booking ->> 'host_unit_id' is null then p_reservation.unit_id
    else (select u.id from lodging.unit_map as u
          where u.host_unit_id = p_booking ->> 'host_unit_id' and u.property_id = p_reservation.property_id) end;
  v_check_in constant date := coalesce((p_booking ->> 'check_in')::date, p_reservation.check_in);
  v_check_out constant date := coalesce((p_booking ->> 'check_out')::date, p_reservation.check_out);
begin
  if v_unit_id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('host_unit_id', p_booking -> 'host_unit_id'));
  end if;
  if (v_unit_id, v_check_in, v_check_out) = (p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out) then
    return;
  end if;
  perform lodging.lock_units(array[p_reservation.unit_id, v_unit_id]);
  update lodging.reservations as r
  set unit_id = v_unit_id, check_in = v_check_in, check_out = v_check_out
  where r.id = p_reservation.id;
  perform lodging.change_nights(p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out, 0, -1);
  perform lodging.add_host_nights(v_unit_id, v_check_in, v_check_out);
  if p_reservation.source = 'direct' then
    perform core.open_exception('host_booking_differs', p_reservation.city_code, p_reservation.id, jsonb_build_object(
      'was', jsonb_build_object('unit_id', p_reservation.unit_id, 'check_in', p_reservation.check_in, 'check_out', p_reservation.check_out),
      'is', jsonb_build_object('unit_id', v_unit_id, 'check_in', v_check_in, 'check_out', v_check_out)));
  end if;
end;
$$;
comment on function lodging.move_by_host(lodging.reservations, jsonb) is 'Moves a stay to the nights and the unit that the Host has for it.';
revoke all on function lodging.move_by_host(lodging.reservations, jsonb) from public;
