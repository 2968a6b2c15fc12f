-- Count the days that are over: see analytics.daily_rollup_job.
create or replace function api.daily_rollup_job()
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select analytics.daily_rollup_job();
end;
comment on function api.daily_rollup_job() is
  'Brings the snapshots of all days that are over up to date.';
revoke all on function api.daily_rollup_job() from public;
grant execute on function api.daily_rollup_job() to service_role;
