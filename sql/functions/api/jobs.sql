-- The periodic jobs: see core.jobs.
create or replace function api.jobs()
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select core.jobs();
end;
comment on function api.jobs() is 'Names of the jobs that tick runs.';
revoke all on function api.jobs() from public;
grant execute on function api.jobs() to service_role;
