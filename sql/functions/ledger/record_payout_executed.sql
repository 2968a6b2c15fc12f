-- An owner was paid for a booking. What the owner owes us is set off against the part of the share that was not paid.
-- Who: payments. Locks: the order, then its payee. Once per payout, and once more after each time it was reversed.
-- Fails with: NOT_FOUND, AMOUNT_TOO_LARGE.
create or replace function ledger.record_payout_executed(
  p_booking_id uuid, p_payout_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := ledger.payout_key('payout_executed', p_booking_id, p_payout_id);
  v_owner constant text := ledger.owner_of(v_order);
  v_payment_id constant uuid := ledger.paying_payment(p_booking_id);
  v_unpaid bigint;
  v_owed bigint;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  perform from payments.payees as p where p.id = v_order.payee_id for no key update;
  v_unpaid := (ledger.standing(v_order, v_payment_id)).unpaid;
  if p_amount > v_unpaid then
    perform core.raise('AMOUNT_TOO_LARGE', jsonb_build_object('amount', p_amount, 'remaining', v_unpaid));
  end if;
  select coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0) into v_owed
  from ledger.ledger_entries as e
  where e.account = 'owner_receivable' and e.counterparty_id = v_owner
    and e.city_code = v_order.city_code and e.currency = v_order.currency;

  return ledger.post_for_order(v_order, v_payment_id, 'payout_executed',
    ledger.move('payouts_receivable', 'owner_receivable', least(v_owed, v_unpaid - p_amount), 'adjustment', 'owner', v_owner)
      || ledger.move('payouts_receivable', 'cash_reserve', p_amount, 'payout_executed', 'owner', v_owner),
    p_event_at, v_key, jsonb_build_object('payout_id', p_payout_id));
end;
$$;
comment on function ledger.record_payout_executed(uuid, uuid, bigint, timestamptz) is
  'Posts a payment to an owner, and what was set off against the owner''s debts.';
revoke all on function ledger.record_payout_executed(uuid, uuid, bigint, timestamptz) from public;
