-- Whether each night of a stay is on sale and has a room left.
-- Who: functions of ours. Locks: none; the answer lasts only under the unit's lock.
create or replace function lodging.is_free(p_unit_id uuid, p_check_in date, p_check_out date)
returns boolean
language sql volatile security definer
set search_path = ''
as $$
  select count(*) = p_check_out - p_check_in
  from lodging.availability_calendar as c
  where c.unit_id = p_unit_id and c.date >= p_check_in and c.date < p_check_out
    and c.is_available and not c.is_blocked and c.allotment - c.bookings_count - c.temp_holds >= 1
$$;
comment on function lodging.is_free(uuid, date, date) is 'Whether every night from check-in to before check-out can be claimed.';
revoke all on function lodging.is_free(uuid, date, date) from public;
