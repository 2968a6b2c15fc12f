-- Expect the guests whose day of arrival has come, by the city's clock.
-- Who: tick. Locks: orders that it need not wait for, then as start_checkin; a savepoint each.
create or replace function lodging.tick_start_checkins(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_due_id uuid;
  v_done integer := 0;
begin
  for v_due_id in
    select o.id
    from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    join core.cities as c on c.code = r.city_code
    where r.status = 'confirmed' and r.check_in <= (select core.now())::date + 2
      and r.check_in <= ((select core.now()) at time zone c.timezone)::date
      and not lodging.has_failed('start_checkin', o.id)
    order by r.check_in
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.attempt('start_checkin', v_due_id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_start_checkins(integer) is 'Moves confirmed reservations to checkin_pending on the day of arrival.';
revoke all on function lodging.tick_start_checkins(integer) from public;
