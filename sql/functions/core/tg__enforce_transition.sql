-- Refuse changes of a status column that its state machine does not have, for every writer.
-- Arguments: machine, column. Fails with: INVALID_TRANSITION, naming the legal states.
create or replace function core.tg__enforce_transition()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_machine constant text := tg_argv[0];
  v_from text := '[*]';
  v_to constant text := to_jsonb(new) ->> tg_argv[1];
begin
  if tg_op = 'UPDATE' then
    v_from := to_jsonb(old) ->> tg_argv[1];
    if v_from = v_to then
      return new;
    end if;
  end if;
  if not exists (
    select from core.state_transitions as t
    where t.machine = v_machine and t.from_state = v_from and t.to_state = v_to)
  then
    perform core.raise_invalid_transition(v_machine, v_from, v_to);
  end if;
  return new;
end;
$$;
comment on function core.tg__enforce_transition() is 'Allows a status to change only along core.state_transitions.';
revoke all on function core.tg__enforce_transition() from public;
