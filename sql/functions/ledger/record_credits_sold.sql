-- A user bought credits: what was paid is now owed as credits.
-- Who: the line of credits, which holds the user's wallet. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_credits_sold(
  p_booking_id uuid, p_payment_id uuid, p_user text, p_price bigint, p_credits bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'credits_sold',
    ledger.move('customer_deposits', 'credits_liability', p_price, 'credit_sale', 'user', p_user)
      || ledger.move('credits_issued', 'wallet', p_credits, 'credit_sale', 'user', p_user, 'CREDIT'),
    p_event_at, 'credits_sold:' || p_payment_id);
end;
$$;
comment on function ledger.record_credits_sold(uuid, uuid, text, bigint, bigint, timestamptz) is
  'Posts the sale of credits: the price as a liability, the credits into the wallet.';
revoke all on function ledger.record_credits_sold(uuid, uuid, text, bigint, bigint, timestamptz) from public;
