-- A customer paid: the money is with the payment provider, and held for the booking.
-- Who: payments. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_payment_received(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'payment_received',
    ledger.move('cash_reserve', 'customer_deposits', p_amount, 'payment_received', 'customer'),
    p_event_at, 'payment_received:' || p_payment_id);
end;
$$;
comment on function ledger.record_payment_received(uuid, uuid, bigint, timestamptz) is
  'Posts the money of a payment into the deposits of its booking.';
revoke all on function ledger.record_payment_received(uuid, uuid, bigint, timestamptz) from public;
