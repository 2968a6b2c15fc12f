-- The funnel of a city: see analytics.get_conversion_funnel.
create or replace function api.get_conversion_funnel(p_city_code text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select analytics.get_conversion_funnel(p_city_code);
end;
comment on function api.get_conversion_funnel(text) is
  'The funnel of the last thirty days of a city, for its staff.';
revoke all on function api.get_conversion_funnel(text) from public;
grant execute on function api.get_conversion_funnel(text) to authenticated, service_role;
