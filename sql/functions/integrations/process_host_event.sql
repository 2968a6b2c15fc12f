-- Process a stored webhook, in a savepoint that ends with every deferred check. What fails goes before a person at once and is
-- tried again; what is of no use is kept with the reason.
-- Who: functions of ours. Locks: the event, then what the stay locks.
create or replace function integrations.process_host_event(p_event_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_policy constant jsonb := core.setting('host_event_retries');
  v_waits constant jsonb := v_policy -> 'backoff_seconds';
  v_event integrations.host_webhook_events;
  v_unused_because text;
  v_state text;
  v_message text;
  v_detail text;
begin
  select * into strict v_event from integrations.host_webhook_events as e where e.id = p_event_id for update;
  if v_event.processed then
    return true;
  end if;

  begin
    v_unused_because := lodging.on_host_event(v_event.event_type, v_event.payload);
    set constraints all immediate;
    set constraints all deferred;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
    if core.is_transient(v_state) then
      raise;
    end if;
    update integrations.host_webhook_events as e
    set attempts = e.attempts + 1, error_message = concat_ws(' ', v_state, v_message, v_detail),
        next_try_at = case when e.attempts + 1 < (v_policy ->> 'max_attempts')::integer then
          core.now() + make_interval(secs => (v_waits ->> least(e.attempts, jsonb_array_length(v_waits) - 1))::double precision) end
    where e.id = p_event_id;
    perform core.open_exception('host_event_failed', coalesce(v_event.city_code, 'ALL'),
      (select r.id from lodging.reservations as r where r.host_booking_id = v_event.host_booking_id),
      jsonb_build_object('event_id', p_event_id, 'event_type', v_event.event_type, 'host_booking_id', v_event.host_booking_id));
    return false;
  end;

  update integrations.host_webhook_events as e
  set processed = v_unused_because is null, processed_at = case when v_unused_because is null then clock_timestamp() end,
      error_message = v_unused_because, next_try_at = null
  where e.id = p_event_id;
  update core.exceptions as x
  set resolved_at = clock_timestamp(), resolved_by = 'system', resolution = coalesce(v_unused_because, 'processed')
  where v_event.attempts > 0 and x.kind = 'host_event_failed' and x.resolved_at is null
    and x.detail ->> 'event_id' = p_event_id::text;
  return v_unused_because is null;
end;
$$;
comment on function integrations.process_host_event(uuid) is 'Applies a webhook of the Host and returns whether it was.';
revoke all on function integrations.process_host_event(uuid) from public;
