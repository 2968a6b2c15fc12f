-- A fee that the payment provider will charge; nothing where it has charged it already.
-- Who: payments. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND.
create or replace function ledger.accrue_gateway_fee(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  if exists (
    select from ledger.ledger_transactions as t
    join ledger.ledger_entries as e on e.transaction_id = t.id and e.payment_id = p_payment_id
    where t.booking_id = p_booking_id and t.type = 'gateway_fee')
  then
    return null;
  end if;
  return ledger.post_for_order(v_order, p_payment_id, 'gateway_fee_accrued',
    ledger.move('gateway_fee_expense', 'gateway_fees_receivable', p_amount, 'gateway_fee', 'gateway'),
    p_event_at, 'gateway_fee_accrued:' || p_payment_id);
end;
$$;
comment on function ledger.accrue_gateway_fee(uuid, uuid, bigint, timestamptz) is
  'Posts an expected fee of the payment provider as an expense and a debt.';
revoke all on function ledger.accrue_gateway_fee(uuid, uuid, bigint, timestamptz) from public;
