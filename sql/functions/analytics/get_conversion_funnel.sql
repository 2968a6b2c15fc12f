-- The funnel of the last thirty days of a city, a row per day (UTC), the last day first. It may be as old as analytics.refresh_seconds.
-- Who: admin, city admin, supervisor or agent of the city, service_role. Locks: none.
-- Fails with: MISSING_REQUIRED_FIELD, UNAUTHORIZED, FORBIDDEN.
create or replace function analytics.get_conversion_funnel(p_city_code text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require('city_code', p_city_code is not null);
  perform access.require_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  return jsonb_build_object('city_code', p_city_code, 'days', (
    select coalesce(jsonb_agg(to_jsonb(f) - 'city_code' order by f.date desc), '[]')
    from analytics.mv_daily_conversion_funnel as f
    where f.city_code = p_city_code));
end;
$$;
comment on function analytics.get_conversion_funnel(text) is 'Searches, views, intents, payments and bookings per day of a city, with their rates in percent.';
revoke all on function analytics.get_conversion_funnel(text) from public;
grant execute on function analytics.get_conversion_funnel(text) to authenticated, service_role;
