-- Figures of lodging to watch: nights held and stays that the Host does not know yet.
-- Who: core.metrics. Locks: none.
create or replace function lodging.gauges()
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'holds', (select count(*) from lodging.booking_intents as i where i.holds_inventory),
    'holds_overdue', (
      select count(*) from lodging.booking_intents as i where i.holds_inventory and i.expires_at <= (select core.now())),
    'host_commits_pending', (select count(*) from lodging.reservations as r where r.host_commit_status = 'pending'))
$$;
comment on function lodging.gauges() is 'Intents that hold nights, those past their time, and reservations not yet booked at the Host.';
revoke all on function lodging.gauges() from public;
