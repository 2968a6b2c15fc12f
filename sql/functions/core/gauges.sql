-- Figures of the kernel to watch: commands, open cases, and transactions that hold up vacuum and marks.
-- Who: core.metrics. Locks: none.
create or replace function core.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'commands_pending', (select count(*) from core.outbox as o where o.status = 'pending'),
    'commands_dead', (select count(*) from core.outbox as o where o.status = 'dead'),
    'commands_late_seconds', (
      select coalesce(greatest(extract(epoch from (select core.now()) - min(o.next_attempt_at)), 0), 0)
      from core.outbox as o where o.status = 'pending'),
    'oldest_transaction_seconds', (
      select coalesce(floor(extract(epoch from clock_timestamp() - min(a.xact_start))), 0)
      from pg_stat_activity as a where a.datname = current_database()),
    'exceptions_open', (select count(*) from core.exceptions as e where e.resolved_at is null))
$$;
comment on function core.gauges() is 'Commands waiting, dead, and how late the oldest is in seconds; the age of the oldest transaction that this role may see; exceptions that nobody has resolved.';
revoke all on function core.gauges() from public;
