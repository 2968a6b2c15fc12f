-- Whether a refund of a booking has failed and waits for somebody: meanwhile nobody knows whose the money is.
-- Who: functions of ours, product lines. Locks: none.
create or replace function payments.awaits_refund(p_booking_id uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from core.exceptions as x
    where x.booking_id = p_booking_id and x.kind = 'refund_failed' and x.resolved_at is null)
$$;
comment on function payments.awaits_refund(uuid) is 'Whether a failed refund of a booking is still an open case.';
revoke all on function payments.awaits_refund(uuid) from public;
