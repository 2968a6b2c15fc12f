-- A refund left the payment provider.
-- Who: payments. Locks: the order. Once per refund; null after it failed.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_refund_settled(
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
  return ledger.post_for_order(v_order, p_payment_id, 'refund_settled',
    ledger.move('refunds_payable', 'cash_reserve', v_refund.requested - v_refund.settled - v_refund.failed,
      'refund_processed', 'customer'),
    p_event_at, 'refund_settled:' || p_refund_id, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_refund_settled(uuid, uuid, uuid, timestamptz) is 'Posts a refund as paid.';
revoke all on function ledger.record_refund_settled(uuid, uuid, uuid, timestamptz) from public;
