-- Give up commands whose workers vanished on the last try that they had.
-- Who: tick. Locks: each command (skip locked), then those of its module's handler. Where the handler fails, the command
-- stays as it is and the case goes before a person.
create or replace function core.tick_bury_commands(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
  v_state text;
  v_message text;
  v_done integer := 0;
begin
  for v_command in
    select o.*
    from core.outbox as o
    where o.status = 'pending' and o.claim_token is not null and o.claimed_until <= (select core.now())
      and o.attempts >= (core.outbox_policy(o.topic) ->> 'max_attempts')::integer
    order by o.seq
    limit p_limit
    for update skip locked
  loop
    begin
      perform core.end_failed_try(v_command, '{"code": "worker_vanished"}', false, true);
      v_done := v_done + 1;
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
      if core.is_transient(v_state) then
        raise;
      end if;
      perform core.open_exception('command_handler_failed', v_command.city_code, v_command.booking_id, jsonb_build_object(
        'command_id', v_command.id, 'topic', v_command.topic, 'sqlstate', v_state, 'message', v_message));
    end;
  end loop;
  return v_done;
end;
$$;
comment on function core.tick_bury_commands(integer) is 'Gives up commands whose last try was never reported.';
revoke all on function core.tick_bury_commands(integer) from public;
