-- Tell the module a topic names how its command went: <module>.on_command_done(command id, topic, outcome, response).
-- Outcomes: done, retrying, dead, retried. Of a dead one the module makes the best it can, or opens an exception whose detail
-- has its command_id; it may refuse that one is retried, by raising an error.
-- Who: complete_command, fail_command, tick_bury_commands, retry_command. Locks: those of the handler.
create or replace function core.call_command_handler(p_command core.outbox, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  execute format('select %I.on_command_done($1, $2, $3, $4)', split_part(p_command.topic, '.', 1))
    using p_command.id, p_command.topic, p_outcome, p_response;
end;
$$;
comment on function core.call_command_handler(core.outbox, text, jsonb) is 'Hands the outcome of a command to its module.';
revoke all on function core.call_command_handler(core.outbox, text, jsonb) from public;
