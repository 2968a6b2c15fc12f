-- Whether payouts of a booking must wait: while a payment of it is disputed, or a failed refund waits for somebody.
-- Who: functions of ours. Locks: none.
create or replace function payments.is_payout_held(p_booking_id uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select payments.awaits_refund(p_booking_id)
    or exists (select from payments.disputes as d where d.booking_id = p_booking_id and d.status = 'open')
$$;
comment on function payments.is_payout_held(uuid) is 'Whether a dispute or a failed refund holds the payouts of a booking.';
revoke all on function payments.is_payout_held(uuid) from public;
