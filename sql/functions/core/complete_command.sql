-- A worker reports that a command was carried out.
-- Who: service_role. Locks: the command, its provider's circuit where that is not closed, then what <module>.on_command_done locks.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND; a worker whose lease was taken over gets {"accepted": false}.
create or replace function core.complete_command(p_id uuid, p_claim_token uuid, p_response jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
begin
  perform access.require_service();
  perform core.require('claim_token', p_claim_token is not null);
  select * into v_command from core.outbox as o where o.id = p_id for update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('command', p_id));
  end if;
  if v_command.status <> 'pending' or v_command.claim_token is distinct from p_claim_token then
    return jsonb_build_object('accepted', false);
  end if;

  update core.outbox as o
  set status = 'done', response = p_response, finished_at = clock_timestamp(), claim_token = null, claimed_until = null
  where o.id = p_id;
  perform core.note_provider(v_command.topic, false);
  perform core.call_command_handler(v_command, 'done', p_response);
  return jsonb_build_object('accepted', true);
end;
$$;
comment on function core.complete_command(uuid, uuid, jsonb) is 'Ends a command with the provider''s answer and hands that to the module the topic names.';
revoke all on function core.complete_command(uuid, uuid, jsonb) from public;
grant execute on function core.complete_command(uuid, uuid, jsonb) to service_role;
