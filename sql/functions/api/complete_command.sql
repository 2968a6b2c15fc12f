-- A command was carried out: see core.complete_command.
create or replace function api.complete_command(p_id uuid, p_claim_token uuid, p_response jsonb)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.complete_command(p_id, p_claim_token, p_response);
end;
comment on function api.complete_command(uuid, uuid, jsonb) is 'A worker reports success, with the answer of the provider.';
revoke all on function api.complete_command(uuid, uuid, jsonb) from public;
grant execute on function api.complete_command(uuid, uuid, jsonb) to service_role;
