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
  select lodging.describe_property(p)
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
