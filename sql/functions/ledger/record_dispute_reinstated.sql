-- A dispute was won: money and fee are back.
-- Who: payments. Locks: the order. Once per reference (the provider's balance transaction).
-- Fails with: NOT_FOUND.
create or replace function ledger.record_dispute_reinstated(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_fee bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'dispute_reinstated',
    ledger.move('cash_reserve', 'dispute_losses', p_amount, 'dispute', 'customer')
      || ledger.move('cash_reserve', 'gateway_fee_expense', p_fee, 'gateway_fee', 'gateway'),
    p_event_at, 'dispute:' || p_reference, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_dispute_reinstated(uuid, uuid, bigint, bigint, text, timestamptz) is
  'Posts the return of what a dispute had taken.';
revoke all on function ledger.record_dispute_reinstated(uuid, uuid, bigint, bigint, text, timestamptz) from public;
