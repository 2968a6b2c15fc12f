-- A property as its page shows it, with its unit types and slugs of similar properties: of its type first, then the best.
-- Who: functions of ours. Locks: none.
create or replace function lodging.describe_property(p_property lodging.properties_map)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_property.id, 'slug', p_property.slug, 'name', p_property.name, 'property_type', p_property.property_type,
    'description', p_property.description,
    'location', jsonb_build_object(
      'address', p_property.address, 'city', c.name, 'state', coalesce(p_property.state, c.state),
      'lat', p_property.lat, 'lng', p_property.lng),
    'rating', p_property.rating, 'review_count', p_property.review_count,
    'images', p_property.images, 'amenities', p_property.amenities,
    'policies', jsonb_build_object(
      'check_in', to_char(p_property.check_in_time, 'HH24:MI'), 'check_out', to_char(p_property.check_out_time, 'HH24:MI'),
      'cancellation', (
        select coalesce(t.description, t.policy_type::text) from lodging.cancellation_policy(p_property.city_code, p_property.id) as t)),
    'unit_types', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', u.id, 'name', u.name, 'room_type', u.room_type, 'max_guests', u.max_guests,
        'max_adults', u.max_adults, 'max_children', u.max_children) order by u.max_guests, u.name), '[]')
      from lodging.unit_map as u where u.property_id = p_property.id and u.is_active),
    'similar_properties', (
      select coalesce(jsonb_agg(s.slug), '[]')
      from (
        select o.slug from lodging.properties_map as o
        where o.city_code = p_property.city_code and o.id <> p_property.id
          and o.is_active and o.is_published and o.deleted_at is null
        order by o.property_type = p_property.property_type desc, o.rating desc, o.slug
        limit 4) as s))
  from core.cities as c
  where c.code = p_property.city_code
$$;
comment on function lodging.describe_property(lodging.properties_map) is 'A property with its terms, unit types and similar properties.';
revoke all on function lodging.describe_property(lodging.properties_map) from public;
