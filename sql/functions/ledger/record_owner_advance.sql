-- More is paid to an owner than is due: while a transfer was on its way, a refund or a dispute took from the share. The owner
-- owes the difference.
-- Who: payments, just before it records the payout. Locks: the order. Fails with: NOT_FOUND.
create or replace function ledger.record_owner_advance(
  p_booking_id uuid, p_payout_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, ledger.paying_payment(p_booking_id), 'owner_advance',
    ledger.move('owner_receivable', 'payouts_receivable', p_amount, 'adjustment', 'owner', ledger.owner_of(v_order)),
    p_event_at, ledger.payout_key('owner_advance', p_booking_id, p_payout_id), jsonb_build_object('payout_id', p_payout_id));
end;
$$;
comment on function ledger.record_owner_advance(uuid, uuid, bigint, timestamptz) is
  'Posts what an owner is paid beyond the share as the owner''s debt.';
revoke all on function ledger.record_owner_advance(uuid, uuid, bigint, timestamptz) from public;
