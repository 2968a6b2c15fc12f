-- Note that an event could not be applied, and when to try again; after the last try it is dead and a person must look at it.
-- Who: functions of ours, which hold the event. Locks: none.
create or replace function payments.fail_stripe_event(p_event_id text, p_error jsonb)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_policy constant jsonb := core.setting('stripe_event_retries');
  v_waits constant jsonb := v_policy -> 'backoff_seconds';
  v_event payments.stripe_events;
  v_payment payments.payments;
begin
  update payments.stripe_events as e
  set status = case
        when e.status = 'failed' and e.attempts + 1 >= (v_policy ->> 'max_attempts')::integer then 'dead'
        else 'failed'
      end,
      attempts = e.attempts + 1, last_error = p_error, waiting_for = null,
      next_try_at = core.now() + make_interval(secs =>
        (v_waits ->> least(e.attempts, jsonb_array_length(v_waits) - 1))::double precision)
  where e.event_id = p_event_id
  returning * into strict v_event;
  if v_event.status = 'dead' then
    select * into v_payment from payments.payments as p
    where p.id = payments.find_payment(v_event.payload #> '{data,object}');
    perform core.open_exception('stripe_event_dead', coalesce(v_payment.city_code, 'ALL'), v_payment.booking_id, jsonb_build_object(
      'event_id', p_event_id, 'type', v_event.type, 'object', v_event.object_id, 'error', p_error));
  end if;
  return v_event.status;
end;
$$;
comment on function payments.fail_stripe_event(text, jsonb) is 'Marks an event of the inbox as failed or dead and returns which.';
revoke all on function payments.fail_stripe_event(text, jsonb) from public;
