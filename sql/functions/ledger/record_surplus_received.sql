-- A customer paid for an order that was paid already: received, and owed back at once.
-- Who: payments. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_surplus_received(
  p_booking_id uuid, p_payment_id uuid, p_refund_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'surplus_received',
    ledger.move('cash_reserve', 'customer_deposits', p_amount, 'payment_received', 'customer')
      || ledger.move('customer_deposits', 'refunds_payable', p_amount, 'refund_processed', 'customer'),
    p_event_at, 'payment_received:' || p_payment_id, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_surplus_received(uuid, uuid, uuid, bigint, timestamptz) is
  'Posts a second payment of an order and the debt to give it back, in one transaction.';
revoke all on function ledger.record_surplus_received(uuid, uuid, uuid, bigint, timestamptz) from public;
