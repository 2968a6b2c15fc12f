-- How well bookings go, over the last 24 hours, in percent; a rate of nothing is left out.
-- Who: core.metrics. Locks: none.
create or replace function analytics.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'host_commit_success_percent', round(c.committed * 100.0 / nullif(c.committed + c.refused, 0), 2),
    'payment_success_percent', round(c.paid * 100.0 / nullif(c.paid + c.declined, 0), 2),
    'exception_percent', round(c.refused * 100.0 / nullif(c.confirmed, 0), 2)))
  from (
    select
      count(*) filter (where e.event_name = 'host_commit_succeeded') as committed,
      count(*) filter (where e.event_name = 'host_commit_failed') as refused,
      count(*) filter (where e.event_name = 'payment_succeeded') as paid,
      count(*) filter (where e.event_name = 'payment_failed') as declined,
      count(*) filter (where e.event_name = 'reservation_confirmed') as confirmed
    from analytics.funnel_events as e
    where e.event_name in (
        'host_commit_succeeded', 'host_commit_failed', 'payment_succeeded', 'payment_failed', 'reservation_confirmed')
      and e.event_timestamp > (select core.now() - interval '24 hours')) as c
$$;
comment on function analytics.gauges() is 'Success of commits at the Host and of payments, and failed commits per confirmed booking, of the last 24 hours.';
revoke all on function analytics.gauges() from public;
