-- How far a run of the synchronisation is.
-- Who: administrators, service_role. Locks: none. Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND.
create or replace function integrations.host_sync_status(p_job_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_status jsonb;
begin
  perform access.require_staff('ALL', array['admin']);
  perform core.require('job_id', p_job_id is not null);
  v_status := integrations.describe_sync(p_job_id);
  if v_status is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('job_id', p_job_id));
  end if;
  return v_status;
end;
$$;
comment on function integrations.host_sync_status(uuid) is 'Status and counts of a run of the synchronisation, with its last warnings.';
revoke all on function integrations.host_sync_status(uuid) from public;
grant execute on function integrations.host_sync_status(uuid) to authenticated, service_role;
