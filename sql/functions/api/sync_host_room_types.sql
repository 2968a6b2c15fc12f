-- Synchronise the Host's room types: see integrations.sync_host.
create or replace function api.sync_host_room_types()
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select integrations.sync_host('room_types');
end;
comment on function api.sync_host_room_types() is 'Starts to synchronise room types with the Host, or takes up what failed; the worker carries it out page by page.';
revoke all on function api.sync_host_room_types() from public;
grant execute on function api.sync_host_room_types() to service_role;
