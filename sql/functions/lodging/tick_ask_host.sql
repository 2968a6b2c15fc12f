-- Ask the Host about stays of which it should have told more: whose guests should have arrived, or left, lodging.unreported_hours ago
-- by the city's clock. While it tells nothing it is asked again from time to time.
-- Who: tick. Locks: orders that it need not wait for, then as ask_host; a savepoint each.
create or replace function lodging.tick_ask_host(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_due_id uuid;
  v_done integer := 0;
begin
  for v_due_id in
    select o.id
    from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    join core.cities as c on c.code = r.city_code
    join lodging.properties_map as p on p.id = r.property_id
    cross join lateral (select core.setting('lodging.unreported_hours', c.code) as hours) as s
    cross join lateral (
      select case r.status
        when 'checkin_pending' then (r.check_in + p.check_in_time) at time zone c.timezone
          + make_interval(hours => (s.hours ->> 'check_in')::integer)
        else (r.check_out + p.check_out_time) at time zone c.timezone
          + make_interval(hours => (s.hours ->> 'check_out')::integer)
      end as at) as due
    where (r.status = 'checkin_pending' and r.check_in <= v_now::date + 1
        or r.status = 'checked_in' and r.check_out <= v_now::date + 1)
      and due.at <= v_now
      and not exists (
        select from core.outbox as q
        where q.booking_id = r.id and q.topic = 'lodging.look_up_booking'
          and (q.status = 'pending' or q.next_attempt_at > v_now - make_interval(hours => (s.hours ->> 'again')::integer)))
    order by due.at
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.attempt('ask_host', v_due_id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_ask_host(integer) is 'Asks the Host about guests whose arrival or departure it has not told.';
revoke all on function lodging.tick_ask_host(integer) from public;
