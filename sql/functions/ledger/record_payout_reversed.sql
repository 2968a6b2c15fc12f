-- A payment to an owner came back, or what had not come back of it yet: it is due again. What was set off stays set off.
-- Who: payments. Locks: the order. Once per execution of the payout.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_payout_reversed(p_booking_id uuid, p_payout_id uuid, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_paid record;
  v_reversal uuid;
begin
  select e.payment_id, e.amount, e.seq into v_paid
  from ledger.ledger_entries as e
  where e.transaction_id = ledger.posted(ledger.payout_key('payout_executed', p_booking_id, p_payout_id))
    and e.account = 'cash_reserve';
  if not found then
    select t.id into v_reversal
    from ledger.ledger_transactions as t
    where t.booking_id = p_booking_id and t.type = 'payout_reversed' and t.metadata ->> 'payout_id' = p_payout_id::text
    order by t.seq desc
    limit 1;
    if not found then
      perform core.raise('NOT_FOUND', jsonb_build_object('payout_id', p_payout_id));
    end if;
    return v_reversal;
  end if;
  v_paid.amount := v_paid.amount - coalesce((
    select sum(e.amount)
    from ledger.ledger_transactions as t
    join ledger.ledger_entries as e on e.transaction_id = t.id and e.account = 'cash_reserve'
    where t.booking_id = p_booking_id and t.type = 'payout_partly_reversed' and t.metadata ->> 'payout_id' = p_payout_id::text
      and t.seq > v_paid.seq), 0);
  return ledger.post_for_order(v_order, v_paid.payment_id, 'payout_reversed',
    ledger.move('cash_reserve', 'payouts_receivable', v_paid.amount, 'payout_executed', 'owner', ledger.owner_of(v_order)),
    p_event_at, ledger.payout_key('payout_reversed', p_booking_id, p_payout_id), jsonb_build_object('payout_id', p_payout_id));
end;
$$;
comment on function ledger.record_payout_reversed(uuid, uuid, timestamptz) is
  'Posts the return of a payment to an owner.';
revoke all on function ledger.record_payout_reversed(uuid, uuid, timestamptz) from public;
