-- Figures of payments to watch: events, refunds and disputes that are not through.
-- Who: core.metrics. Locks: none.
create or replace function payments.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'stripe_events_failed', (select count(*) from payments.stripe_events as e where e.status = 'failed'),
    'stripe_events_waiting', (select count(*) from payments.stripe_events as e where e.status = 'waiting'),
    'stripe_events_dead', (select count(*) from payments.stripe_events as e where e.status = 'dead'),
    'stripe_events_late_seconds', (
      select coalesce(extract(epoch from clock_timestamp() - min(e.received_at)), 0)
      from payments.stripe_events as e where e.status in ('failed', 'waiting')),
    'refunds_pending', (select count(*) from payments.refunds as r where r.status = 'pending'),
    'disputes_open', (select count(*) from payments.disputes as d where d.status = 'open'))
$$;
comment on function payments.gauges() is 'Events of Stripe that failed, wait for their object or were given up, and since when the oldest is not through, in seconds; refunds on their way, open disputes.';
revoke all on function payments.gauges() from public;
