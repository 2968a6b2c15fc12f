-- A payout was executed: the books, and the line once the booking has no other open payout. Should less be due by now than was
-- paid, the payee owes the rest.
-- Who: functions of ours that hold the order. Locks: the payout, the payee, what the line locks.
create or replace function payments.finish_payout(p_payout payments.payouts, p_at timestamptz, p_transfer_id text default null)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_amount constant bigint := p_payout.net_amount - p_payout.set_off_amount;
  v_unpaid constant bigint := (ledger.payout_due(p_payout.booking_id)).unpaid;
  v_transaction_id uuid;
begin
  if p_payout.status = 'failed' then
    update payments.payouts as p set status = 'processing' where p.id = p_payout.id;
  end if;
  if v_amount > v_unpaid then
    perform ledger.record_owner_advance(p_payout.booking_id, p_payout.id, v_amount - v_unpaid, p_at);
  end if;
  v_transaction_id := ledger.record_payout_executed(p_payout.booking_id, p_payout.id, v_amount, p_at);
  update payments.payouts as p
  set status = 'completed', gateway_transfer_id = p_transfer_id, ledger_transaction_id = v_transaction_id, processed_at = clock_timestamp()
  where p.id = p_payout.id;
  perform core.resolve_exceptions('payout_failed', p_payout.booking_id, jsonb_build_object('payout_id', p_payout.id), 'executed');
  perform payments.open_owed_payouts(p_payout.booking_id);
  perform payments.tell_if_paid_out(p_payout.booking_id);
end;
$$;
comment on function payments.finish_payout(payments.payouts, timestamptz, text) is 'Books a payout as executed, by a transfer or by hand.';
revoke all on function payments.finish_payout(payments.payouts, timestamptz, text) from public;
