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
