-- Refuse a change of state, naming the legal ones.
-- Who: tg__enforce_transition, functions of ours. Locks: none. Fails with: INVALID_TRANSITION.
create or replace function core.raise_invalid_transition(p_machine text, p_from text, p_to text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.raise('INVALID_TRANSITION', jsonb_build_object(
    'machine', p_machine, 'from', p_from, 'to', p_to,
    'legal', (select coalesce(jsonb_agg(t.to_state order by t.to_state), '[]')
              from core.state_transitions as t where t.machine = p_machine and t.from_state = p_from)));
end;
$$;
comment on function core.raise_invalid_transition(text, text, text) is 'Raises INVALID_TRANSITION with the states that could follow.';
revoke all on function core.raise_invalid_transition(text, text, text) from public;

-- The scope under which an answer is kept: a function's name and the caller, so that no caller meets another's keys.
-- Who: idempotency_begin, idempotency_end. Locks: none.
create or replace function core.idempotency_scope(p_scope text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return p_scope || ':' || coalesce(access.subject(), access.guest_session(), access.database_role());
end;
$$;
comment on function core.idempotency_scope(text) is 'A function''s scope of idempotency keys, made the caller''s own.';
revoke all on function core.idempotency_scope(text) from public;

-- End a try of a command that did not succeed: wait for the next one, or give up, and tell the module the topic names.
-- Who: fail_command, tick_bury_commands. Locks: the command (held by the caller), then those of the module's handler.
create or replace function core.end_failed_try(p_command core.outbox, p_error jsonb, p_answered boolean, p_gives_up boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_waits constant jsonb := core.outbox_policy(p_command.topic) -> 'backoff_seconds';
begin
  update core.outbox as o
  set status = case when p_gives_up then 'dead' else 'pending' end,
      finished_at = case when p_gives_up then clock_timestamp() end,
      generation = o.generation + p_answered::integer,
      last_error = p_error, claim_token = null, claimed_until = null,
      next_attempt_at = core.now() + make_interval(secs =>
        (v_waits ->> least(o.attempts, jsonb_array_length(v_waits)) - 1)::double precision)
  where o.id = p_command.id;
  perform core.call_command_handler(p_command, case when p_gives_up then 'dead' else 'retrying' end, p_error);
end;
$$;
comment on function core.end_failed_try(core.outbox, jsonb, boolean, boolean) is 'Schedules the next try of a command, or gives it up.';
revoke all on function core.end_failed_try(core.outbox, jsonb, boolean, boolean) from public;
