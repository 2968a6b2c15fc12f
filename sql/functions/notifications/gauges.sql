-- Figures of messages to watch.
-- Who: core.metrics. Locks: none.
create or replace function notifications.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'unsent', count(*),
    'late_seconds', coalesce(greatest(extract(epoch from
      (select core.now()) - min(n.scheduled_for) filter (where n.status = 'pending')), 0), 0))
  from notifications.notification_outbox as n
  where n.status in ('pending', 'processing')
$$;
comment on function notifications.gauges() is 'Messages not sent yet, and how late the oldest one is in seconds.';
revoke all on function notifications.gauges() from public;
