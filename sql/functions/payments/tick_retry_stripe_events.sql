-- Try events of the inbox again that failed or wait for their object, those due longest first.
-- Who: tick. Locks: the events (skip locked), then what applying them locks; a savepoint each.
create or replace function payments.tick_retry_stripe_events(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event payments.stripe_events;
  v_count integer := 0;
begin
  for v_event in
    select * from payments.stripe_events as e
    where e.status in ('failed', 'waiting') and e.next_try_at <= (select core.now())
    order by e.next_try_at
    limit p_limit
    for update skip locked
  loop
    begin
      if payments.process_stripe_event(v_event.event_id) = 'processed' then
        perform payments.process_waiting_events(payments.stripe_key(v_event.payload #> '{data,object}'));
      end if;
    exception when others then
      perform payments.fail_stripe_event(v_event.event_id, jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm));
    end;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function payments.tick_retry_stripe_events(integer) is 'Processes due events of the inbox again and returns how many.';
revoke all on function payments.tick_retry_stripe_events(integer) from public;
