-- An order paid with credits is refunded, wholly or in part: the credits go back to the wallet, never cash. Money comes from
-- where a refund takes it and goes back to where the credits' price came from, in proportion.
-- Who: the line of credits, which holds the user's wallet. Locks: the order. Once per refund.
-- Fails with: NOT_FOUND, AMOUNT_TOO_LARGE.
create or replace function ledger.record_credits_spend_reversed(
  p_booking_id uuid, p_payment_id uuid, p_user text, p_credits bigint, p_refund_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := 'credits_spend_reversed:' || p_refund_id;
  v_spent bigint;
  v_before bigint;
  v_amount bigint;
  v_entries jsonb;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  select coalesce(sum(e.amount) filter (where e.entry_type = 'credit_spend'), 0),
         coalesce(sum(e.amount) filter (where e.entry_type = 'credit_refund'), 0)
  into v_spent, v_before
  from ledger.ledger_entries as e
  where e.booking_id = p_booking_id and e.payment_id = p_payment_id and e.account = 'wallet';
  if v_before + p_credits > v_spent then
    perform core.raise('AMOUNT_TOO_LARGE', jsonb_build_object('credits', p_credits, 'remaining', v_spent - v_before));
  end if;

  select
    jsonb_agg(to_jsonb(b) || jsonb_build_object('entry_type', 'credit_refund', 'counterparty_type', 'user', 'counterparty_id', p_user)),
    sum(b.amount) filter (where b.account = 'customer_deposits')
  into v_entries, v_amount
  from (
    select e.account, e.currency, case e.direction when 'debit' then 'credit' else 'debit' end as direction,
      ledger.share(e.amount, v_spent, v_before + p_credits) - ledger.share(e.amount, v_spent, v_before) as amount
    from ledger.ledger_entries as e
    where e.transaction_id = ledger.posted('credits_spent:' || p_payment_id)) as b;
  return ledger.post_for_order(v_order, p_payment_id, 'credits_spend_reversed',
    ledger.collect(v_order, p_payment_id, v_amount) || v_entries,
    p_event_at, v_key, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_credits_spend_reversed(uuid, uuid, text, bigint, uuid, timestamptz) is
  'Posts the return of credits that had paid an order.';
revoke all on function ledger.record_credits_spend_reversed(uuid, uuid, text, bigint, uuid, timestamptz) from public;
