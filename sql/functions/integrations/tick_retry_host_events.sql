-- Process webhooks of the Host again that failed, those due longest first.
-- Who: tick. Locks: the events (skip locked), then what the stays lock.
create or replace function integrations.tick_retry_host_events(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event_id uuid;
  v_count integer := 0;
begin
  for v_event_id in
    select e.id from integrations.host_webhook_events as e
    where not e.processed and e.next_try_at <= (select core.now())
    order by e.next_try_at
    limit p_limit
    for update skip locked
  loop
    perform integrations.process_host_event(v_event_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function integrations.tick_retry_host_events(integer) is 'Processes due webhooks of the Host again and returns how many.';
revoke all on function integrations.tick_retry_host_events(integer) from public;
