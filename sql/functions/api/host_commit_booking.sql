-- See that a reservation is on its way to the Host: see lodging.host_commit_booking.
create or replace function api.host_commit_booking(p_reservation_id uuid default null, p_retry_count integer default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.host_commit_booking(p_reservation_id, p_retry_count);
end;
comment on function api.host_commit_booking(uuid, integer) is
  'Queues the commit of a reservation where none is on its way, and returns its state.';
revoke all on function api.host_commit_booking(uuid, integer) from public;
grant execute on function api.host_commit_booking(uuid, integer) to service_role;
