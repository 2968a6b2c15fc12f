-- Erase recipient, text and facts of old messages that have come to their end.
-- Who: tick. Locks: the rows, skip locked.
create or replace function notifications.tick_forget(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with forgotten as (
    update notifications.notification_outbox as n
    set forgotten_at = clock_timestamp(), recipient_email = null, recipient_phone = null, subject = null, body = null,
        metadata = '{}'
    where n.id in (
      select old.id
      from notifications.notification_outbox as old
      where old.forgotten_at is null and old.status in ('sent', 'failed', 'cancelled')
        and old.created_at <= (select core.now() - make_interval(days => core.setting('notifications.keep_days')::integer))
      order by old.created_at
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten
$$;
comment on function notifications.tick_forget(integer) is 'Erases personal data of messages older than notifications.keep_days.';
revoke all on function notifications.tick_forget(integer) from public;
