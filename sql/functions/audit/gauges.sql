-- Figures of the audit log to watch: rows wait to be sealed for about as long as marks are apart, else nobody makes them.
-- Who: core.metrics. Locks: none.
create or replace function audit.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'unsealed_seconds', coalesce(extract(epoch from clock_timestamp() - audit.unsealed_since()), 0))
$$;
comment on function audit.gauges() is 'For how long the oldest row waits to be sealed, in seconds.';
revoke all on function audit.gauges() from public;
