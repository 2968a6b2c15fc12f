-- A dead command gets another chance: see core.retry_command.
create or replace function api.retry_command(p_command_id uuid)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.retry_command(p_command_id);
end;
comment on function api.retry_command(uuid) is 'Takes a dead command back into its queue. Agents and supervisors of its city.';
revoke all on function api.retry_command(uuid) from public;
grant execute on function api.retry_command(uuid) to authenticated, service_role;
