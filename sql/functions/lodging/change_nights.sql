-- Add to the counters of every night of a stay, or to none: the only writer of temp_holds and bookings_count.
-- A claim adds, a release subtracts, a conversion moves one from holds to bookings. A claim needs each night to be on sale and free.
-- Who: functions of ours. Locks: the unit, then its nights. Fails with: INSUFFICIENT_INVENTORY.
create or replace function lodging.change_nights(
  p_unit_id uuid, p_check_in date, p_check_out date, p_holds integer, p_bookings integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_changed integer;
begin
  perform lodging.lock_unit(p_unit_id);
  update lodging.availability_calendar as c
  set temp_holds = c.temp_holds + p_holds, bookings_count = c.bookings_count + p_bookings
  where c.unit_id = p_unit_id and c.date >= p_check_in and c.date < p_check_out
    and (p_holds + p_bookings <= 0
         or (c.is_available and not c.is_blocked
             and c.allotment - c.bookings_count - c.temp_holds >= p_holds + p_bookings));
  get diagnostics v_changed = row_count;
  if v_changed <> p_check_out - p_check_in then
    perform core.raise('INSUFFICIENT_INVENTORY', jsonb_build_object(
      'unit_id', p_unit_id, 'nights', p_check_out - p_check_in, 'nights_free', v_changed));
  end if;
end;
$$;
comment on function lodging.change_nights(uuid, date, date, integer, integer) is
  'Adds to holds and bookings of every night from check-in to before check-out, or fails.';
revoke all on function lodging.change_nights(uuid, date, date, integer, integer) from public;
