-- Count a booking of the Host in every night of its stay, whether there is room or not: overdue holds give way, what is oversold then
-- is overcommitted and goes before a person, a night we do not know yet is not for sale.
-- Who: functions of ours. Locks: the unit, then its nights; as make_room.
create or replace function lodging.add_host_nights(p_unit_id uuid, p_check_in date, p_check_out date)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_oversold jsonb;
begin
  perform lodging.make_room(p_unit_id, p_check_in, p_check_out);
  with counted as (
    insert into lodging.availability_calendar as c
      (unit_id, date, city_code, property_id, max_guests, currency, allotment, base_price, is_available, bookings_count, overcommitted)
    select u.id, n.night::date, u.city_code, u.property_id, u.max_guests, u.currency, 0, 0, false, 1, 1
    from lodging.unit_map as u
    cross join generate_series(p_check_in::timestamp, p_check_out::timestamp - interval '1 day', interval '1 day') as n (night)
    where u.id = p_unit_id
    order by n.night
    on conflict (unit_id, date) do update
    set bookings_count = c.bookings_count + 1,
        overcommitted = greatest(c.bookings_count + 1 + c.temp_holds - c.allotment, 0)
    returning c.*
  )
  select jsonb_agg(jsonb_build_object(
    'date', w.date, 'allotment', w.allotment, 'sold', w.bookings_count, 'held', w.temp_holds) order by w.date)
  into v_oversold
  from counted as w
  where w.overcommitted > 0;
  if v_oversold is not null then
    perform core.open_exception('overcommitted', u.city_code, null, jsonb_build_object('unit_id', u.id, 'nights', v_oversold))
    from lodging.unit_map as u
    where u.id = p_unit_id;
  end if;
end;
$$;
comment on function lodging.add_host_nights(uuid, date, date) is 'Adds one booking to each night, beyond the allotment where the Host has sold more.';
revoke all on function lodging.add_host_nights(uuid, date, date) from public;
