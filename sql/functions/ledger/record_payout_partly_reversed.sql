-- A part of a payment to an owner came back: it is due again. What was set off stays set off.
-- Who: payments. Locks: the order. Once per reference (the transfer, and how much of it came back so far).
-- Fails with: NOT_FOUND.
create or replace function ledger.record_payout_partly_reversed(
  p_booking_id uuid, p_payout_id uuid, p_amount bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, ledger.paying_payment(p_booking_id), 'payout_partly_reversed',
    ledger.move('cash_reserve', 'payouts_receivable', p_amount, 'payout_executed', 'owner', ledger.owner_of(v_order)),
    p_event_at, 'payout_partly_reversed:' || p_reference, jsonb_build_object('payout_id', p_payout_id));
end;
$$;
comment on function ledger.record_payout_partly_reversed(uuid, uuid, bigint, text, timestamptz) is
  'Posts the return of a part of a payment to an owner, in minor units.';
revoke all on function ledger.record_payout_partly_reversed(uuid, uuid, bigint, text, timestamptz) from public;
