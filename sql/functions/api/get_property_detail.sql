-- A property's page: see lodging.get_property_detail.
create or replace function api.get_property_detail(p_property_slug text default null, p_city_code text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.get_property_detail(p_property_slug, p_city_code);
end;
comment on function api.get_property_detail(text, text) is 'Everything a property''s page shows.';
revoke all on function api.get_property_detail(text, text) from public;
grant execute on function api.get_property_detail(text, text) to anon, authenticated, service_role;
