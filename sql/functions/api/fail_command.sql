-- A command was not carried out: see core.fail_command.
create or replace function api.fail_command(p_id uuid, p_claim_token uuid, p_error jsonb, p_answered boolean, p_retry boolean)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.fail_command(p_id, p_claim_token, p_error, p_answered, p_retry);
end;
comment on function api.fail_command(uuid, uuid, jsonb, boolean, boolean) is 'A worker reports failure. p_answered: the provider answered with an error, else the outcome is unknown; p_retry: whether another try can help.';
revoke all on function api.fail_command(uuid, uuid, jsonb, boolean, boolean) from public;
grant execute on function api.fail_command(uuid, uuid, jsonb, boolean, boolean) to service_role;
