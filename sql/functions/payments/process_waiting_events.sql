-- Process the events that waited for an object, in the order of their ranks.
-- Who: functions of ours, after they applied the object. Locks: those events (skip locked: whoever holds one processes it).
create or replace function payments.process_waiting_events(p_key text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event_id text;
begin
  for v_event_id in
    select e.event_id from payments.stripe_events as e
    where e.waiting_for = p_key and e.status = 'waiting'
    order by e.rank, e.received_at
    for update skip locked
  loop
    perform payments.process_stripe_event(v_event_id);
  end loop;
end;
$$;
comment on function payments.process_waiting_events(text) is 'Processes the events that waited for an object of Stripe.';
revoke all on function payments.process_waiting_events(text) from public;
