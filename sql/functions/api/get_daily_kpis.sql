-- What happened in a city day by day: see analytics.get_daily_kpis.
create or replace function api.get_daily_kpis(p_city_code text default null, p_from date default null, p_to date default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select analytics.get_daily_kpis(p_city_code, p_from, p_to);
end;
comment on function api.get_daily_kpis(text, date, date) is
  'How often what happened on each day of a city, for its staff.';
revoke all on function api.get_daily_kpis(text, date, date) from public;
grant execute on function api.get_daily_kpis(text, date, date) to authenticated, service_role;
