-- A worker reports that a command was not carried out.
-- p_answered: the provider answered with an error (else the outcome is unknown); it raises the generation, so that the
-- next try is a new request to the provider. p_retry: whether another try can help: then the provider has failed, else it has refused.
-- Who: service_role. Locks: the command, its provider's circuit, then what <module>.on_command_done locks.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND; a worker whose lease was taken over gets {"accepted": false}.
create or replace function core.fail_command(
  p_id uuid, p_claim_token uuid, p_error jsonb, p_answered boolean, p_retry boolean)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
  v_gives_up boolean;
begin
  perform access.require_service();
  perform core.require('claim_token', p_claim_token is not null);
  perform core.require('answered', p_answered is not null);
  perform core.require('retry', p_retry is not null);
  select * into v_command from core.outbox as o where o.id = p_id for update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('command', p_id));
  end if;
  if v_command.status <> 'pending' or v_command.claim_token is distinct from p_claim_token then
    return jsonb_build_object('accepted', false);
  end if;

  v_gives_up := not p_retry
    or v_command.attempts >= (core.outbox_policy(v_command.topic) ->> 'max_attempts')::integer;
  perform core.note_provider(v_command.topic, p_retry);
  perform core.end_failed_try(v_command, p_error, p_answered, v_gives_up);
  return jsonb_build_object('accepted', true, 'gives_up', v_gives_up);
end;
$$;
comment on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) is
  'Schedules the next try of a command, or gives it up, and tells the module the topic names.';
revoke all on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) from public;
grant execute on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) to service_role;
