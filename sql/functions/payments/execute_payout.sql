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
  v_under_way record;
  v_open_shares numeric;
  v_net bigint;
  v_commission bigint;
  v_set_off bigint;
  v_payout payments.payouts;
  v_account text;
begin
  if payments.is_payout_held(p_payout.booking_id) then
    update payments.payouts as p set status = 'pending', payout_batch_id = null where p.id = p_payout.id;
    return;
  end if;

  select * into v_due from ledger.payout_due(p_payout.booking_id);
  select
    coalesce(sum(p.net_amount) filter (where p.booking_id = p_payout.booking_id), 0) as net,
    coalesce(sum(p.set_off_amount) filter (
      where p.recipient_id = p_payout.recipient_id and p.city_code = p_payout.city_code and p.currency = p_payout.currency), 0) as set_off
  into v_under_way
  from payments.payouts as p
  where p.status = 'processing' and (p.booking_id = p_payout.booking_id or p.recipient_id = p_payout.recipient_id);
  select sum(p.share) into v_open_shares
  from payments.payouts as p
  where p.booking_id = p_payout.booking_id and p.status in ('pending', 'scheduled');
  v_net := round(greatest(v_due.unpaid - v_under_way.net, 0) * p_payout.share / v_open_shares);
  v_commission := round(v_due.commission * p_payout.share / (
    select sum(p.share) from payments.payouts as p
    where p.booking_id = p_payout.booking_id and p.status not in ('failed', 'cancelled')));
  v_set_off := least(v_net, greatest(v_due.owed - v_under_way.set_off, 0));
  if v_net = 0 then
    update payments.payouts as p set status = 'cancelled' where p.id = p_payout.id;
    return;
  end if;

  update payments.payouts as p
  set status = 'processing', gross_amount = v_net + v_commission, commission_amount = v_commission, net_amount = v_net,
      set_off_amount = v_set_off
  where p.id = p_payout.id
  returning * into v_payout;
  if v_net = v_set_off then
    perform payments.finish_payout(v_payout, core.now());
    return;
  end if;
  select y.stripe_account_id into v_account
  from payments.payees as y where y.id = p_payout.recipient_id and y.payouts_enabled;
  if found then
    perform core.enqueue_command('payments.create_transfer', 'payout:' || v_payout.id, v_payout.city_code, v_payout.booking_id,
      jsonb_build_object(
        'payout_id', v_payout.id, 'booking_id', v_payout.booking_id, 'destination', v_account,
        'amount', v_net - v_set_off, 'currency', lower(v_payout.currency)));
  end if;
end;
$$;
comment on function payments.execute_payout(payments.payouts) is 'Starts a payout of a batch with the amounts as they are now.';
revoke all on function payments.execute_payout(payments.payouts) from public;
