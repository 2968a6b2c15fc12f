-- Send a reservation to the Host now: see lodging.retry_host_commit.
create or replace function api.retry_host_commit(p_reservation_id uuid default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.retry_host_commit(p_reservation_id);
end;
comment on function api.retry_host_commit(uuid) is 'Makes the commit of a reservation at the Host due now.';
revoke all on function api.retry_host_commit(uuid) from public;
grant execute on function api.retry_host_commit(uuid) to authenticated, service_role;
