-- A bank took the money of a disputed payment, and the provider its fee.
-- Who: payments. Locks: the order. Once per reference (the provider's balance transaction).
-- Fails with: NOT_FOUND.
create or replace function ledger.record_dispute_withdrawn(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_fee bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'dispute_withdrawn',
    ledger.move('dispute_losses', 'cash_reserve', p_amount, 'dispute', 'customer')
      || ledger.move('gateway_fee_expense', 'cash_reserve', p_fee, 'gateway_fee', 'gateway'),
    p_event_at, 'dispute:' || p_reference, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_dispute_withdrawn(uuid, uuid, bigint, bigint, text, timestamptz) is
  'Posts the money and fee that a dispute has taken.';
revoke all on function ledger.record_dispute_withdrawn(uuid, uuid, bigint, bigint, text, timestamptz) from public;
