-- Call off the waiting commands of a topic for a booking. One that a worker is carrying out goes on.
-- Who: functions of ours. Locks: the commands (skip locked).
create or replace function core.call_off_commands(p_topic text, p_booking_id uuid)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with called_off as (
    update core.outbox as o
    set status = 'cancelled', finished_at = clock_timestamp()
    where o.id in (
      select w.id from core.outbox as w
      where w.booking_id = p_booking_id and w.topic = p_topic and w.status = 'pending'
        and (w.claimed_until is null or w.claimed_until <= (select core.now()))
      for update skip locked)
    returning 1
  )
  select count(*)::integer from called_off
$$;
comment on function core.call_off_commands(text, uuid) is 'Cancels the commands of a topic for a booking that no worker has claimed, and returns how many.';
revoke all on function core.call_off_commands(text, uuid) from public;
