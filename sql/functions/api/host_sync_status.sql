-- How far a synchronisation is: see integrations.host_sync_status.
create or replace function api.host_sync_status(p_job_id uuid)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select integrations.host_sync_status(p_job_id);
end;
comment on function api.host_sync_status(uuid) is 'Status, counts and last warnings of a synchronisation with the Host. Administrators.';
revoke all on function api.host_sync_status(uuid) from public;
grant execute on function api.host_sync_status(uuid) to authenticated, service_role;
