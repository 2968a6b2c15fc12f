-- Properties of a city that are free for a stay: see lodging.search_availability.
create or replace function api.search_availability(
  p_city_code text default null, p_check_in date default null, p_check_out date default null,
  p_guests jsonb default null, p_filters jsonb default null, p_pagination jsonb default null, p_sort text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.search_availability(p_city_code, p_check_in, p_check_out, p_guests, p_filters, p_pagination, p_sort);
end;
comment on function api.search_availability(text, date, date, jsonb, jsonb, jsonb, text) is
  'Properties free for a stay, page by page, with filter options. Prices are totals of the stay in minor units.';
revoke all on function api.search_availability(text, date, date, jsonb, jsonb, jsonb, text) from public;
grant execute on function api.search_availability(text, date, date, jsonb, jsonb, jsonb, text) to anon, authenticated, service_role;
