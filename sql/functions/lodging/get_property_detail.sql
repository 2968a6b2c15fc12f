-- A published property, by its city and slug.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, NOT_FOUND.
create or replace function lodging.get_property_detail(p_property_slug text, p_city_code text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_detail jsonb;
begin
  perform core.require('property_slug', p_property_slug is not null);
  perform core.require('city_code', p_city_code is not null);
  select jsonb_build_object(
    'id', p.id, 'slug', p.slug, 'name', p.name, 'property_type', p.property_type, 'description', p.description,
    'location', jsonb_build_object(
      'address', p.address, 'city', c.name, 'state', coalesce(p.state, c.state), 'lat', p.lat, 'lng', p.lng),
    'rating', p.rating, 'review_count', p.review_count, 'images', p.images, 'amenities', p.amenities,
    'policies', jsonb_build_object(
      'check_in', to_char(p.check_in_time, 'HH24:MI'), 'check_out', to_char(p.check_out_time, 'HH24:MI'),
      'cancellation', (
        select coalesce(t.description, t.policy_type::text) from lodging.cancellation_policy(p.city_code, p.id) as t)),
    'unit_types', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', u.id, 'name', u.name, 'room_type', u.room_type, 'max_guests', u.max_guests,
        'max_adults', u.max_adults, 'max_children', u.max_children) order by u.max_guests, u.name), '[]')
      from lodging.unit_map as u where u.property_id = p.id and u.is_active),
    'similar_properties', (
      select coalesce(jsonb_agg(s.slug), '[]')
      from (
        select o.slug from lodging.properties_map as o
        where o.city_code = p.city_code and o.id <> p.id and o.is_active and o.is_published and o.deleted_at is null
        order by o.property_type = p.property_type desc, o.rating desc, o.slug
        limit 4) as s))
  into v_detail
  from lodging.properties_map as p
  join core.cities as c on c.code = p.city_code and c.is_active
  where p.city_code = p_city_code and p.slug = p_property_slug and p.is_active and p.is_published and p.deleted_at is null;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('property_slug', p_property_slug, 'city_code', p_city_code));
  end if;
  return v_detail;
end;
$$;
comment on function lodging.get_property_detail(text, text) is 'Everything a property''s page shows, with its unit types and slugs of similar properties.';
revoke all on function lodging.get_property_detail(text, text) from public;
grant execute on function lodging.get_property_detail(text, text) to anon, authenticated, service_role;
