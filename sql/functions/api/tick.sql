-- One batch of a job: see core.tick.
create or replace function api.tick(p_job text, p_limit integer default 100)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.tick(p_job, p_limit);
end;
comment on function api.tick(text, integer) is 'Runs a job over at most p_limit rows and returns how many it dealt with.';
revoke all on function api.tick(text, integer) from public;
grant execute on function api.tick(text, integer) to service_role;
