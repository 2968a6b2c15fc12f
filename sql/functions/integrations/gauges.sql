-- Figures of the integrations to watch.
-- Who: core.metrics. Locks: none.
create or replace function integrations.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'host_events_failed', (
      select count(*) from integrations.host_webhook_events as e where not e.processed and e.attempts > 0))
$$;
comment on function integrations.gauges() is 'Webhooks of the Host that failed and were not processed since.';
revoke all on function integrations.gauges() from public;
