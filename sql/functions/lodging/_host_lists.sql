-- Take over properties of the Host. A new one is published if it is sold there; a known one keeps its address and its publication,
-- and one that had vanished gets that back.
-- Who: import_host_items, which has sifted them. Locks: the properties.
create or replace function lodging.import_properties(p_items jsonb)
returns void
language sql volatile security definer
set search_path = ''
as $$
  with given as (
    select h.*, c.id as city_id, coalesce(h.slug, nullif(trim(both '-' from regexp_replace(
        translate(lower(h.name), 'áàâãäéèêëíìîïóòôõöúùûüçñ', 'aaaaaeeeeiiiiooooouuuucn'), '[^a-z0-9]+', '-', 'g')), ''), 'property') as wish
    from jsonb_populate_recordset(null::lodging.host_property, p_items) as h
    join core.cities as c on c.code = h.city_code
  ), numbered as (
    select g.*, row_number() over (partition by g.city_id, g.wish order by g.host_property_id) > 1
      or exists (select from lodging.properties_map as p where p.city_id = g.city_id and p.slug = g.wish) as is_taken
    from given as g
  )
  insert into lodging.properties_map as p
    (city_id, city_code, host_property_id, slug, name, property_type, description, address, state, lat, lng, images, amenities,
     currency, check_in_time, check_out_time, is_active, is_published, synced_at)
  select n.city_id, n.city_code, n.host_property_id,
    n.wish || case when n.is_taken then '-' || left(md5(n.host_property_id), 6) else '' end,
    btrim(n.name), n.property_type, coalesce(n.description, ''), n.address, n.state, n.lat, n.lng,
    coalesce(n.images, '{}'), coalesce(n.amenities, '{}'), n.currency,
    coalesce(n.check_in_time, '14:00'), coalesce(n.check_out_time, '11:00'), n.is_active, n.is_active, core.now()
  from numbered as n
  order by n.host_property_id
  on conflict (host_property_id) do update
  set name = excluded.name, property_type = excluded.property_type, description = excluded.description,
      address = excluded.address, state = excluded.state, lat = excluded.lat, lng = excluded.lng,
      images = excluded.images, amenities = excluded.amenities,
      check_in_time = excluded.check_in_time, check_out_time = excluded.check_out_time, is_active = excluded.is_active,
      is_published = p.is_published or p.vanished_at is not null, vanished_at = null, synced_at = excluded.synced_at
$$;
comment on function lodging.import_properties(jsonb) is 'Inserts and updates properties as the Host lists them.';
revoke all on function lodging.import_properties(jsonb) from public;

-- Take over room types of the Host. How many guests one takes is copied to its nights.
-- Who: import_host_items, which has sifted them. Locks: the units, their rows and nights.
create or replace function lodging.import_room_types(p_items jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform lodging.lock_units(array(
    select u.id
    from jsonb_populate_recordset(null::lodging.host_room_type, p_items) as h
    join lodging.unit_map as u on u.host_unit_id = h.host_unit_id
    where u.max_guests <> h.max_guests));

  insert into lodging.unit_map as u
    (property_id, city_code, currency, host_unit_id, name, room_type, max_guests, max_adults, max_children, is_active, synced_at)
  select p.id, p.city_code, p.currency, h.host_unit_id, btrim(h.name), h.room_type, h.max_guests,
    coalesce(h.max_adults, h.max_guests), coalesce(h.max_children, 0), h.is_active, core.now()
  from jsonb_populate_recordset(null::lodging.host_room_type, p_items) as h
  join lodging.properties_map as p on p.host_property_id = h.host_property_id
  order by h.host_unit_id
  on conflict (host_unit_id) do update
  set name = excluded.name, room_type = excluded.room_type, max_guests = excluded.max_guests,
      max_adults = excluded.max_adults, max_children = excluded.max_children,
      is_active = excluded.is_active, synced_at = excluded.synced_at;
end;
$$;
comment on function lodging.import_room_types(jsonb) is 'Inserts and updates units as the Host lists its room types.';
revoke all on function lodging.import_room_types(jsonb) from public;

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
