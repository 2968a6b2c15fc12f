-- Call off messages that no worker has taken for notifications.late_hours, as none sends by their channel: told late, most
-- are wrong. One case per city and channel says so.
-- Who: tick. Locks: each message (skip locked).
create or replace function notifications.tick_call_off_late(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_late record;
  v_done integer := 0;
begin
  for v_late in
    with called_off as (
      update notifications.notification_outbox as n
      set status = 'cancelled', last_error = 'nobody sent it in time'
      where n.id in (
        select w.id
        from notifications.notification_outbox as w
        where w.status = 'pending'
          and w.scheduled_for <= (select core.now() - make_interval(hours => core.setting('notifications.late_hours')::integer))
        order by w.scheduled_for
        limit p_limit
        for update skip locked)
      returning n.city_code, n.channel)
    select o.city_code, o.channel, count(*)::integer as messages from called_off as o group by o.city_code, o.channel
  loop
    perform core.open_exception('messages_called_off', v_late.city_code, null, jsonb_build_object('channel', v_late.channel));
    v_done := v_done + v_late.messages;
  end loop;
  return v_done;
end;
$$;
comment on function notifications.tick_call_off_late(integer) is 'Cancels messages that are due for longer than notifications.late_hours.';
revoke all on function notifications.tick_call_off_late(integer) from public;
