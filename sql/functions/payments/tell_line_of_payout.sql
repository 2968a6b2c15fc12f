-- Tell the product line of an order of its payouts, by the payment that is paid out. Events: paid_out (no payout is open any
-- more), payout_reversed.
-- Who: functions of ours, which hold the order. Locks: those of the line.
create or replace function payments.tell_line_of_payout(p_booking_id uuid, p_event text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select payments.tell_line(p, p_event)
  from payments.payments as p
  where p.booking_id = p_booking_id and p.amount_captured > 0 and not p.is_surplus
$$;
comment on function payments.tell_line_of_payout(uuid, text) is 'Calls the hook of the product line with an event of payouts.';
revoke all on function payments.tell_line_of_payout(uuid, text) from public;
