-- A worker reports that a command was not carried out.
-- p_answered: the provider answered with an error (else the outcome is unknown); it raises the generation, so that the
-- next try is a new request to the provider. p_retry: whether another try can help.
-- Who: service_role. Locks: the command, then what <module>.on_command_done locks. Fails with: NOT_FOUND.
create or replace function core.fail_command(
  p_id uuid, p_claim_token uuid, p_error jsonb, p_answered boolean, p_retry boolean)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
  v_policy jsonb;
  v_waits jsonb;
  v_gives_up boolean;
begin
  perform access.require_service();
  select * into v_command from core.outbox as o where o.id = p_id for update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('command', p_id));
  end if;
  if v_command.status <> 'pending' or v_command.claim_token is distinct from p_claim_token then
    return jsonb_build_object('accepted', false);
  end if;

  v_policy := core.outbox_policy(v_command.topic);
  v_waits := v_policy -> 'backoff_seconds';
  v_gives_up := not p_retry or v_command.attempts >= (v_policy ->> 'max_attempts')::integer;

  update core.outbox as o
  set status = case when v_gives_up then 'dead' else 'pending' end,
      finished_at = case when v_gives_up then clock_timestamp() end,
      generation = o.generation + p_answered::integer,
      last_error = p_error, claimed_until = null, claim_token = null,
      next_attempt_at = core.now() + make_interval(secs =>
        (v_waits ->> least(v_command.attempts, jsonb_array_length(v_waits)) - 1)::double precision)
  where o.id = p_id;
  perform core.call_command_handler(v_command, case when v_gives_up then 'dead' else 'retrying' end, p_error);
  return jsonb_build_object('accepted', true, 'gives_up', v_gives_up);
end;
$$;
comment on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) is
  'Schedules the next try of a command, or gives it up, and tells the module the topic names.';
revoke all on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) from public;
grant execute on function core.fail_command(uuid, uuid, jsonb, boolean, boolean) to service_role;
