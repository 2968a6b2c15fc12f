-- Take over nights of the Host: allotment, price and rules as they come. What is sold and held beyond the allotment is kept as
-- overcommitted, and goes before a person, unit by unit. Whether a night is blocked is for the marketplace to say.
-- Who: import_host_items, which has sifted them. Locks: the units, then their nights.
create or replace function lodging.import_nights(p_items jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_oversold record;
begin
  perform lodging.lock_units(array(
    select u.id
    from jsonb_populate_recordset(null::lodging.host_night, p_items) as h
    join lodging.unit_map as u on u.host_unit_id = h.host_unit_id));

  for v_oversold in
    with given as (
      select h.*, u.id as unit_id, u.property_id, u.city_code, u.currency, u.max_guests
      from jsonb_populate_recordset(null::lodging.host_night, p_items) as h
      join lodging.unit_map as u on u.host_unit_id = h.host_unit_id
    ), before as (
      select c.unit_id, c.date, c.overcommitted
      from lodging.availability_calendar as c
      join given as g on g.unit_id = c.unit_id and g.date = c.date
    ), written as (
      insert into lodging.availability_calendar as c
        (unit_id, date, city_code, property_id, max_guests, currency, allotment, base_price, discounted_price, is_available,
         closed_to_arrival, closed_to_departure, min_stay, max_stay, min_stay_through, max_stay_through)
      select g.unit_id, g.date, g.city_code, g.property_id, g.max_guests, g.currency, g.allotment, g.base_price, g.discounted_price,
        coalesce(g.is_available, true), coalesce(g.closed_to_arrival, false), coalesce(g.closed_to_departure, false),
        coalesce(g.min_stay, 1), g.max_stay, coalesce(g.min_stay_through, 1), g.max_stay_through
      from given as g
      order by g.date, g.unit_id
      on conflict (unit_id, date) do update
      set allotment = excluded.allotment, base_price = excluded.base_price, discounted_price = excluded.discounted_price,
          is_available = excluded.is_available, closed_to_arrival = excluded.closed_to_arrival,
          closed_to_departure = excluded.closed_to_departure, min_stay = excluded.min_stay, max_stay = excluded.max_stay,
          min_stay_through = excluded.min_stay_through, max_stay_through = excluded.max_stay_through,
          overcommitted = greatest(c.bookings_count + c.temp_holds - excluded.allotment, 0)
      where (c.allotment, c.base_price, c.discounted_price, c.is_available, c.closed_to_arrival, c.closed_to_departure,
             c.min_stay, c.max_stay, c.min_stay_through, c.max_stay_through)
        is distinct from (excluded.allotment, excluded.base_price, excluded.discounted_price, excluded.is_available,
             excluded.closed_to_arrival, excluded.closed_to_departure,
             excluded.min_stay, excluded.max_stay, excluded.min_stay_through, excluded.max_stay_through)
      returning c.*
    )
    select w.city_code, w.unit_id, jsonb_agg(jsonb_build_object(
      'date', w.date, 'allotment', w.allotment, 'sold', w.bookings_count, 'held', w.temp_holds) order by w.date) as nights
    from written as w
    join before as b on b.unit_id = w.unit_id and b.date = w.date
    where w.overcommitted > b.overcommitted
    group by w.city_code, w.unit_id
  loop
    perform core.open_exception('overcommitted', v_oversold.city_code, null,
      jsonb_build_object('unit_id', v_oversold.unit_id, 'nights', v_oversold.nights));
  end loop;
end;
$$;
comment on function lodging.import_nights(jsonb) is 'Inserts and updates nights as the Host has them; what they oversell becomes overcommitted.';
revoke all on function lodging.import_nights(jsonb) from public;
