-- Run one bounded batch of a job.
-- Who: service_role (the worker, or a scheduler in the database). Locks: those of the job, oldest first, skip locked.
-- Fails with: FORBIDDEN, INVALID_PARAMETER.
create or replace function core.tick(p_job text, p_limit integer default 100)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_done integer;
begin
  perform access.require_service();
  perform core.require('job', p_job is not null);
  perform core.require_valid('job', core.jobs() ? p_job, 'one of jobs()');
  perform core.require_valid('limit', p_limit between 1 and 10000, '1 to 10000');
  execute format('select %I.%I($1)', split_part(p_job, '.', 1), 'tick_' || split_part(p_job, '.', 2))
    into v_done using p_limit;
  return jsonb_build_object('job', p_job, 'done', v_done);
end;
$$;
comment on function core.tick(text, integer) is 'Runs a job over at most p_limit rows and returns how many it dealt with.';
revoke all on function core.tick(text, integer) from public;
grant execute on function core.tick(text, integer) to service_role;
