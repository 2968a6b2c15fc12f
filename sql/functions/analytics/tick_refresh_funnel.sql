-- Bring the funnel of the last thirty days up to date, once it is older than analytics.refresh_seconds. Readers are not held up.
-- Who: tick. Locks: its row in refreshes (skip locked); the view, against other refreshes.
create or replace function analytics.tick_refresh_funnel(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = '' set timezone = 'UTC'
as $$
begin
  perform from analytics.refreshes as r
  where r.relation = 'mv_daily_conversion_funnel'
    and r.refreshed_at <= core.now() - make_interval(secs => core.setting('analytics.refresh_seconds')::double precision)
  limit p_limit
  for update skip locked;
  if not found then
    return 0;
  end if;
  refresh materialized view concurrently analytics.mv_daily_conversion_funnel;
  update analytics.refreshes as r set refreshed_at = core.now() where r.relation = 'mv_daily_conversion_funnel';
  return 1;
end;
$$;
comment on function analytics.tick_refresh_funnel(integer) is 'Refreshes mv_daily_conversion_funnel; days are those of UTC.';
revoke all on function analytics.tick_refresh_funnel(integer) from public;
