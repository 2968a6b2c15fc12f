-- Give up messages whose worker vanished on the last try that they had.
-- Who: tick. Locks: each message (skip locked).
create or replace function notifications.tick_give_up(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_most constant integer := (core.setting('notifications.sending') ->> 'max_attempts')::integer;
  v_message notifications.notification_outbox;
  v_done integer := 0;
begin
  for v_message in
    select n.*
    from notifications.notification_outbox as n
    where n.status = 'processing' and n.locked_until <= (select core.now()) and n.attempt_count >= v_most
    order by n.scheduled_for
    limit p_limit
    for update skip locked
  loop
    perform notifications.end_failed_try(v_message, 'the worker vanished', true);
    v_done := v_done + 1;
  end loop;
  return v_done;
end;
$$;
comment on function notifications.tick_give_up(integer) is 'Gives up messages whose last try was never reported.';
revoke all on function notifications.tick_give_up(integer) from public;
