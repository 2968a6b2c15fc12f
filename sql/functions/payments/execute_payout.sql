-- Execute a payout: what is due now, less what the payee owes, less what is on its way. To a connected account it is transferred by a
-- command; else somebody pays it by hand and says so. What only sets off debts is done at once, what is nothing is cancelled,
-- what is held leaves the batch.
-- Who: tick_execute_payouts, which holds order and payout. Locks: the payee.
create or replace function payments.execute_payout(p_payout payments.payouts)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_due record;
  v_share record;
  v_set_off bigint;
  v_payout payments.payouts;
  v_account text;
begin
  if payments.is_payout_held(p_payout.booking_id) then
    update payments.payouts as p set status = 'pending', payout_batch_id = null where p.id = p_payout.id;
    return;
  end if;

  select * into v_due from ledger.payout_due(p_payout.booking_id);
  select * into v_share from payments.payout_share(p_payout.booking_id, p_payout.recipient_id);
  if v_share.net = 0 then
    update payments.payouts as p set status = 'cancelled' where p.id = p_payout.id;
    perform payments.tell_if_paid_out(p_payout.booking_id);
    return;
  end if;
  v_set_off := least(v_share.net, greatest(0, v_due.owed - (
    select coalesce(sum(p.set_off_amount), 0)
    from payments.payouts as p
    where p.status = 'processing' and p.recipient_id = p_payout.recipient_id and p.city_code = p_payout.city_code
      and p.currency = p_payout.currency)));

  update payments.payouts as p
  set status = 'processing', gross_amount = v_share.net + v_share.commission, commission_amount = v_share.commission,
      net_amount = v_share.net, set_off_amount = v_set_off
  where p.id = p_payout.id
  returning * into v_payout;
  if v_share.net = v_set_off then
    perform payments.finish_payout(v_payout, core.now());
    return;
  end if;
  select y.stripe_account_id into v_account
  from payments.payees as y where y.id = p_payout.recipient_id and y.payouts_enabled;
  if found then
    perform core.enqueue_command('payments.create_transfer', 'payout:' || v_payout.id, v_payout.city_code, v_payout.booking_id,
      jsonb_build_object(
        'payout_id', v_payout.id, 'booking_id', v_payout.booking_id, 'destination', v_account,
        'amount', v_share.net - v_set_off, 'currency', lower(v_payout.currency)));
  end if;
end;
$$;
comment on function payments.execute_payout(payments.payouts) is 'Starts a payout of a batch with the amounts as they are now.';
revoke all on function payments.execute_payout(payments.payouts) from public;
