-- What happened on each day of a city, by its clock, the first day first; the last 30 days where no dates are given.
-- Who: admin, city admin, supervisor or agent of the city, service_role. Locks: none.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, UNAUTHORIZED, FORBIDDEN.
create or replace function analytics.get_daily_kpis(p_city_code text, p_from date, p_to date)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_to constant date := coalesce(p_to, core.today(p_city_code) - 1);
  v_from constant date := coalesce(p_from, v_to - 29);
begin
  perform core.require('city_code', p_city_code is not null);
  perform access.require_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  perform core.require_valid('city_code', core.today(p_city_code) is not null, 'a city');
  perform core.require_valid(
    'to', isfinite(v_from) and isfinite(v_to) and v_to - v_from between 0 and 366, '0 to 366 days after from');
  return jsonb_build_object('city_code', p_city_code, 'from', v_from, 'to', v_to, 'days', (
    select coalesce(jsonb_agg(to_jsonb(s) - array['id', 'city_code', 'created_at', 'updated_at'] order by s.date), '[]')
    from analytics.kpi_daily_snapshots as s
    where s.city_code = p_city_code and s.date between v_from and v_to));
end;
$$;
comment on function analytics.get_daily_kpis(text, date, date) is 'How often what happened on each day of a city.';
revoke all on function analytics.get_daily_kpis(text, date, date) from public;
grant execute on function analytics.get_daily_kpis(text, date, date) to authenticated, service_role;
