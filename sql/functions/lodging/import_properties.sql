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
