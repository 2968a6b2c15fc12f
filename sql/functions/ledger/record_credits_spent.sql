-- A user paid an order with credits. The deposits of the order get its price: what the credits had cost, filled up by
-- promotion where they were cheaper than the price; what they had cost above it is revenue.
-- Who: the line of credits, which holds the user's wallet. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND, AMOUNT_TOO_LARGE (not so many credits).
create or replace function ledger.record_credits_spent(
  p_booking_id uuid, p_payment_id uuid, p_user text, p_credits bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := 'credits_spent:' || p_payment_id;
  v_entries jsonb;
  v_cost record;
  v_used bigint;
  v_covered bigint := 0;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  v_entries := ledger.move('wallet', 'credits_consumed', p_credits, 'credit_spend', 'user', p_user, 'CREDIT');
  for v_cost in select * from ledger.cost_of_credits(p_user, p_credits) loop
    v_used := case when v_cost.currency = v_order.currency then least(v_cost.amount, v_order.amount) else 0 end;
    v_covered := v_covered + v_used;
    v_entries := v_entries
      || ledger.move('credits_liability', 'customer_deposits', v_used, 'credit_spend', 'user', p_user)
      || ledger.move('credits_liability', 'credits_revenue', v_cost.amount - v_used, 'credit_spend', 'user', p_user, v_cost.currency);
  end loop;
  return ledger.post_for_order(v_order, p_payment_id, 'credits_spent',
    v_entries || ledger.move('promotions_expense', 'customer_deposits', v_order.amount - v_covered, 'credit_spend', 'user', p_user),
    p_event_at, v_key);
end;
$$;
comment on function ledger.record_credits_spent(uuid, uuid, text, bigint, timestamptz) is
  'Posts the payment of an order with credits.';
revoke all on function ledger.record_credits_spent(uuid, uuid, text, bigint, timestamptz) from public;
