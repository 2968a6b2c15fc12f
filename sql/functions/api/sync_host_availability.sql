-- Synchronise the Host's availability: see integrations.sync_host.
create or replace function api.sync_host_availability()
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select integrations.sync_host('availability');
end;
comment on function api.sync_host_availability() is 'Starts to synchronise availability with the Host, or takes up what failed; the worker carries it out page by page.';
revoke all on function api.sync_host_availability() from public;
grant execute on function api.sync_host_availability() to service_role;
