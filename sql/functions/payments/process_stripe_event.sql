-- Apply a stored event, in a savepoint that ends with every deferred check: what fails is kept as failed, not lost.
-- Errors that pass by themselves (connection, concurrency, resources, locks, operator, system) leave the function.
-- Who: functions of ours. Locks: the event, the order, the payment, what the line locks.
create or replace function payments.process_stripe_event(p_event_id text)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event payments.stripe_events;
  v_policy constant jsonb := core.setting('stripe_event_retries');
  v_outcome jsonb;
  v_status text;
  v_sqlstate text;
  v_message text;
  v_detail text;
begin
  select * into strict v_event from payments.stripe_events as e where e.event_id = p_event_id for update;
  if v_event.status in ('processed', 'ignored') then
    return v_event.status;
  end if;

  begin
    perform set_config('reserve.stripe_event_id', p_event_id, true);
    v_outcome := payments.apply_stripe_event(v_event);
    set constraints all immediate;
    set constraints all deferred;
    perform set_config('reserve.stripe_event_id', '', true);
  exception when others then
    get stacked diagnostics v_sqlstate = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
    if core.is_transient(v_sqlstate) then
      raise;
    end if;
    return payments.fail_stripe_event(
      p_event_id, jsonb_build_object('sqlstate', v_sqlstate, 'message', v_message, 'detail', v_detail));
  end;

  v_status := v_outcome ->> 'status';
  if v_status = 'failed' then
    return payments.fail_stripe_event(p_event_id, '{"message": "livemode and account are not those of the setting stripe"}');
  end if;
  if v_status = 'waiting'
     and v_event.received_at < core.now() - make_interval(hours => (v_policy ->> 'waiting_hours')::integer)
  then
    v_status := 'dead';
    perform core.open_exception('stripe_event_unclaimed', 'ALL', null, jsonb_build_object(
      'event_id', p_event_id, 'type', v_event.type, 'object', v_event.object_id));
  end if;
  update payments.stripe_events as e
  set status = v_status, booking_id = (v_outcome ->> 'booking_id')::uuid, last_error = null,
      waiting_for = case when v_status = 'waiting' then payments.stripe_key(v_event.payload #> '{data,object}') end,
      next_try_at = case when v_status = 'waiting'
        then core.now() + make_interval(secs => (v_policy ->> 'waiting_seconds')::integer) end,
      processed_at = case when v_status in ('processed', 'ignored') then clock_timestamp() end
  where e.event_id = p_event_id;
  return v_status;
end;
$$;
comment on function payments.process_stripe_event(text) is 'Applies an event of the inbox and returns its status.';
revoke all on function payments.process_stripe_event(text) from public;
