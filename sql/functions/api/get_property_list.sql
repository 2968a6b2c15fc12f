-- Properties of a city: see lodging.get_property_list.
create or replace function api.get_property_list(
  p_city_code text default null, p_property_type text default null, p_is_featured boolean default null,
  p_is_published boolean default null, p_pagination jsonb default null, p_sort text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.get_property_list(p_city_code, p_property_type, p_is_featured, p_is_published, p_pagination, p_sort);
end;
comment on function api.get_property_list(text, text, boolean, boolean, jsonb, text) is
  'Properties of a city, page by page, each as on its own page. Unpublished ones are for staff and owners.';
revoke all on function api.get_property_list(text, text, boolean, boolean, jsonb, text) from public;
grant execute on function api.get_property_list(text, text, boolean, boolean, jsonb, text) to anon, authenticated, service_role;
