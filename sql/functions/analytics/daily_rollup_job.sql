-- Count the days of each city that are over: those that have not been counted, and the last one that was, once more.
-- Who: service_role. Locks: the last snapshots. Once: again with the same result. Fails with: FORBIDDEN.
create or replace function analytics.daily_rollup_job()
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_again integer;
begin
  perform access.require_service();
  perform analytics.roll_up(l.city_code, l.date)
  from (
    select s.city_code, max(s.date) as date from analytics.kpi_daily_snapshots as s group by s.city_code order by s.city_code) as l;
  get diagnostics v_again = row_count;
  return jsonb_build_object('success', true, 'days', v_again + analytics.tick_roll_up(null));
end;
$$;
comment on function analytics.daily_rollup_job() is 'Brings the snapshots of all cities up to date and returns how many days were counted.';
revoke all on function analytics.daily_rollup_job() from public;
grant execute on function analytics.daily_rollup_job() to service_role;
