-- Synchronise the Host's properties: see integrations.sync_host.
create or replace function api.sync_host_properties()
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select integrations.sync_host('properties');
end;
comment on function api.sync_host_properties() is 'Starts to synchronise properties with the Host, or takes up what failed; the worker carries it out page by page.';
revoke all on function api.sync_host_properties() from public;
grant execute on function api.sync_host_properties() to service_role;
