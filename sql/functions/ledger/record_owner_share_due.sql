-- What is left of a booking's deposits belongs to its owner: a day after check-out, and for a cancelled booking when its
-- refund is decided. The caller sees to it that no refund of the booking has failed and waits for somebody.
-- Who: product lines. Locks: the order. Again: null, nothing is left any more.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_owner_share_due(p_booking_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_payment_id constant uuid := ledger.paying_payment(p_booking_id);
begin
  return ledger.post_for_order(v_order, v_payment_id, 'owner_share_due',
    ledger.move('customer_deposits', 'payouts_receivable', (ledger.standing(v_order, v_payment_id)).deposits,
      'payout_due', 'owner', ledger.owner_of(v_order)),
    p_event_at, null);
end;
$$;
comment on function ledger.record_owner_share_due(uuid, timestamptz) is
  'Posts the rest of a booking''s deposits as due to its owner.';
revoke all on function ledger.record_owner_share_due(uuid, timestamptz) from public;
