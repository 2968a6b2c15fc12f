-- The commission of a booking is earned: at confirmation, and again where a failed refund is given up. Posts what is
-- missing of the part of the agreed commission that falls on the money that stays.
-- Who: product lines. Locks: the order. Again: null, nothing is missing any more.
-- Fails with: NOT_FOUND.
create or replace function ledger.recognise_commission(p_booking_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_owner constant text := ledger.owner_of(v_order);
  v_payment_id constant uuid := ledger.paying_payment(p_booking_id);
  v_standing record;
  v_missing bigint;
begin
  select * into v_standing from ledger.standing(v_order, v_payment_id);
  v_missing := least(v_standing.deposits, greatest(0,
    ledger.share(v_order.platform_fee, v_standing.received, v_standing.remaining) - v_standing.recognised));
  return ledger.post_for_order(v_order, v_payment_id, 'commission_recognised',
    ledger.move('customer_deposits', 'commissions_payable', v_missing, 'commission_taken', 'owner', v_owner)
      || ledger.move('commissions_payable', 'commission_revenue', v_missing, 'commission_taken', 'owner', v_owner,
        p_credit_entry_type => 'commission_revenue'),
    p_event_at, null);
end;
$$;
comment on function ledger.recognise_commission(uuid, timestamptz) is
  'Posts the missing part of a booking''s commission.';
revoke all on function ledger.recognise_commission(uuid, timestamptz) from public;
