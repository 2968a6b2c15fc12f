-- A webhook of the Host gets another chance: see integrations.retry_host_event.
create or replace function api.retry_host_event(p_event_id uuid)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select integrations.retry_host_event(p_event_id);
end;
comment on function api.retry_host_event(uuid) is 'Processes a webhook of the Host again. Agents and supervisors of its city.';
revoke all on function api.retry_host_event(uuid) from public;
grant execute on function api.retry_host_event(uuid) to authenticated, service_role;
