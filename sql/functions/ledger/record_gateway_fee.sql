-- The payment provider kept a fee of our balance. What was accrued for the payment is settled first; the difference is
-- expense. A negative amount is a fee that came back.
-- Who: payments. Locks: the order. Once per reference (the provider's balance transaction).
-- Fails with: NOT_FOUND.
create or replace function ledger.record_gateway_fee(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_accrued constant bigint := (ledger.standing(v_order, p_payment_id)).accrued;
  v_settled constant bigint := greatest(least(p_amount, v_accrued), 0);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'gateway_fee',
    ledger.move('gateway_fees_receivable', 'cash_reserve', v_settled, 'gateway_fee', 'gateway')
      || ledger.move('gateway_fees_receivable', 'gateway_fee_expense', v_accrued - v_settled, 'gateway_fee', 'gateway')
      || ledger.move('gateway_fee_expense', 'cash_reserve', greatest(p_amount - v_settled, 0), 'gateway_fee', 'gateway')
      || ledger.move('cash_reserve', 'gateway_fee_expense', greatest(-p_amount, 0), 'gateway_fee', 'gateway'),
    p_event_at, 'gateway_fee:' || p_reference, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_gateway_fee(uuid, uuid, bigint, text, timestamptz) is
  'Posts a fee that the payment provider has charged.';
revoke all on function ledger.record_gateway_fee(uuid, uuid, bigint, text, timestamptz) from public;
