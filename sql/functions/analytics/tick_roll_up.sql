-- Count the days of each city that are over for an hour and have not been counted: since its last snapshot, else since its first event.
-- Who: tick, daily_rollup_job. Locks: none but the new snapshots.
create or replace function analytics.tick_roll_up(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_due record;
  v_done integer := 0;
begin
  for v_due in
    select c.code, d.day::date as day
    from core.cities as c
    cross join lateral (select ((v_now - interval '1 hour') at time zone c.timezone)::date - 1 as day) as last
    cross join lateral generate_series(
      coalesce(
        (select max(s.date) + 1 from analytics.kpi_daily_snapshots as s where s.city_code = c.code),
        (select (min(e.event_timestamp) at time zone c.timezone)::date from analytics.funnel_events as e where e.city_code = c.code),
        last.day),
      last.day, interval '1 day') as d (day)
    where c.code <> 'ALL'
    order by d.day, c.code
    limit p_limit
  loop
    perform analytics.roll_up(v_due.code, v_due.day);
    v_done := v_done + 1;
  end loop;
  return v_done;
end;
$$;
comment on function analytics.tick_roll_up(integer) is 'Writes the snapshots of days that are over, per city and in its zone.';
revoke all on function analytics.tick_roll_up(integer) from public;
