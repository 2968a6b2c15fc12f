-- A refund failed, perhaps after it was settled: the money is back in the booking's deposits.
-- Who: payments. Locks: the order. Once per refund.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_refund_failed(
  p_booking_id uuid, p_payment_id uuid, p_refund_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_refund record;
begin
  select * into v_refund from ledger.refund_standing(p_booking_id, p_refund_id);
  return ledger.post_for_order(v_order, p_payment_id, 'refund_failed',
    ledger.move('cash_reserve', 'refunds_payable', v_refund.settled, 'refund_reversal', 'customer')
      || ledger.move('refunds_payable', 'customer_deposits', v_refund.requested - v_refund.failed, 'refund_reversal', 'customer'),
    p_event_at, 'refund_failed:' || p_refund_id, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_refund_failed(uuid, uuid, uuid, timestamptz) is
  'Posts the return of a refund into the deposits of its booking.';
revoke all on function ledger.record_refund_failed(uuid, uuid, uuid, timestamptz) from public;
