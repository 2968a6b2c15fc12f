-- What is wrong with an item of the Host's lists, or null. Kinds: properties, room_types, availability.
-- Who: sift_host_items. Locks: none.
create or replace function lodging.host_item_fault(p_kind text, p_item jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_property lodging.host_property;
  v_room_type lodging.host_room_type;
  v_night lodging.host_night;
begin
  if jsonb_typeof(p_item) <> 'object' then
    return 'no object';
  elsif p_kind = 'properties' then
    v_property := jsonb_populate_record(null::lodging.host_property, p_item);
    return case
      when not coalesce(length(v_property.host_property_id) between 1 and 255, false) then 'host_property_id is missing or too long'
      when not coalesce(length(btrim(v_property.name)) between 1 and 200, false) then 'name is missing or too long'
      when coalesce(v_property.property_type, '') = '' then 'property_type is missing'
      when v_property.is_active is null then 'is_active is missing'
      when v_property.slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' then 'slug is not fit for an address'
      when not coalesce(v_property.lat between -90 and 90, true) or not coalesce(v_property.lng between -180 and 180, true) then 'lat or lng is out of range'
      when array_position(v_property.images, null) is not null or array_position(v_property.amenities, null) is not null then 'a list has an empty entry'
      when not exists (select from core.cities as c where c.code = v_property.city_code and c.code <> 'ALL') then 'city_code is unknown'
      when not exists (select from core.currencies as c where c.code = v_property.currency) then 'currency is unknown'
      when exists (
        select from lodging.properties_map as p
        where p.host_property_id = v_property.host_property_id
          and (p.city_code, p.currency) <> (v_property.city_code, v_property.currency))
        then 'a known property keeps its city and its currency'
    end;
  elsif p_kind = 'room_types' then
    v_room_type := jsonb_populate_record(null::lodging.host_room_type, p_item);
    return case
      when not coalesce(length(v_room_type.host_unit_id) between 1 and 255, false) then 'host_unit_id is missing or too long'
      when not coalesce(length(btrim(v_room_type.name)) between 1 and 200, false) then 'name is missing or too long'
      when coalesce(v_room_type.room_type, '') = '' then 'room_type is missing'
      when v_room_type.is_active is null then 'is_active is missing'
      when not coalesce(v_room_type.max_guests > 0 and coalesce(v_room_type.max_adults, 1) > 0 and coalesce(v_room_type.max_children, 0) >= 0, false)
        then 'max_guests, max_adults or max_children is out of range'
      when not exists (select from lodging.properties_map as p where p.host_property_id = v_room_type.host_property_id) then 'host_property_id is unknown'
      when exists (
        select from lodging.unit_map as u join lodging.properties_map as p on p.id = u.property_id
        where u.host_unit_id = v_room_type.host_unit_id and p.host_property_id <> v_room_type.host_property_id)
        then 'a known unit keeps its property'
    end;
  end if;
  v_night := jsonb_populate_record(null::lodging.host_night, p_item);
  return case
    when not coalesce(isfinite(v_night.date), false) then 'date is missing'
    when not coalesce(v_night.allotment >= 0, false) then 'allotment is missing or negative'
    when not coalesce(v_night.base_price >= 0, false) then 'base_price is missing or negative'
    when not coalesce(v_night.discounted_price between 0 and v_night.base_price, true) then 'discounted_price is not within base_price'
    when least(v_night.min_stay, v_night.max_stay, v_night.min_stay_through, v_night.max_stay_through) < 1
      or v_night.max_stay < coalesce(v_night.min_stay, 1) or v_night.max_stay_through < coalesce(v_night.min_stay_through, 1)
      then 'a limit of the length of stay is out of order'
    when not exists (select from lodging.unit_map as u where u.host_unit_id = v_night.host_unit_id) then 'host_unit_id is unknown'
  end;
exception when data_exception then
  return sqlerrm;
end;
$$;
comment on function lodging.host_item_fault(text, jsonb) is 'Why an item of the Host cannot be taken over; null where it can.';
revoke all on function lodging.host_item_fault(text, jsonb) from public;
