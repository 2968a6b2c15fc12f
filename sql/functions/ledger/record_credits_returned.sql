-- Credits that were not spent are given back for money: their cost, as far as the payment that bought them has something
-- left, is owed as a refund; what they had cost beside it is revenue.
-- Who: the line of credits, which holds the user's wallet. Locks: the order. Once per refund.
-- Fails with: NOT_FOUND, AMOUNT_TOO_LARGE (not so many credits).
create or replace function ledger.record_credits_returned(
  p_booking_id uuid, p_payment_id uuid, p_user text, p_credits bigint, p_refund_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := 'refund_requested:' || p_refund_id;
  v_entries jsonb;
  v_cost record;
  v_owed bigint;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  v_entries := ledger.move('wallet', 'credits_issued', p_credits, 'credit_refund', 'user', p_user, 'CREDIT');
  for v_cost in select * from ledger.cost_of_credits(p_user, p_credits) loop
    v_owed := case when v_cost.currency = v_order.currency
      then least(v_cost.amount, (ledger.standing(v_order, p_payment_id)).remaining) else 0 end;
    v_entries := v_entries
      || ledger.move('credits_liability', 'refunds_payable', v_owed, 'refund_processed', 'user', p_user)
      || ledger.move('credits_liability', 'credits_revenue', v_cost.amount - v_owed, 'credit_refund', 'user', p_user, v_cost.currency);
  end loop;
  return ledger.post_for_order(v_order, p_payment_id, 'credits_returned', v_entries,
    p_event_at, v_key, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_credits_returned(uuid, uuid, text, bigint, uuid, timestamptz) is
  'Posts the return of unspent credits as a refund of their purchase.';
revoke all on function ledger.record_credits_returned(uuid, uuid, text, bigint, uuid, timestamptz) from public;
