-- Deal with one booking of a batch: lodging.<action>(booking id) in a savepoint. What fails goes before a person and does not
-- stop the others; what passes by itself leaves the batch.
-- Who: jobs of ours, which hold the order. Locks: those of the action.
create or replace function lodging.attempt(p_action text, p_booking_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_is_done boolean;
  v_state text;
  v_message text;
begin
  execute format('select lodging.%I($1)', p_action) into v_is_done using p_booking_id;
  set constraints all immediate;
  set constraints all deferred;
  return v_is_done;
exception when others then
  get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  if core.is_transient(v_state) then
    raise;
  end if;
  perform core.open_exception('lodging_job_failed', o.city_code, o.id,
    jsonb_build_object('action', p_action, 'sqlstate', v_state, 'message', v_message))
  from payments.orders as o where o.id = p_booking_id;
  return false;
end;
$$;
comment on function lodging.attempt(text, uuid) is 'Runs an action of a job on one booking and returns whether it was done.';
revoke all on function lodging.attempt(text, uuid) from public;
