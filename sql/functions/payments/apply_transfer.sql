-- Bring a payout up to a snapshot of its transfer: executed, then perhaps reversed, in part or whole; never back. What came back is
-- due again, but only a person has it paid again. Transfers that are not ours are none of our business.
-- Who: functions of ours. Locks: the order, the payout, what ledger and line lock. Fails with: INVALID_REQUEST.
create or replace function payments.apply_transfer(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := p_object ->> 'id';
  v_reversed constant bigint := payments.stripe_number(p_object, 'amount_reversed', 0);
  v_payout payments.payouts;
begin
  v_payout := payments.lock_payout(coalesce(
    (select p.id from payments.payouts as p where p.gateway_transfer_id = v_id),
    (select p.id from payments.payouts as p where p.id = payments.metadata_id(p_object, 'payout_id'))));
  if v_payout.id is null or v_payout.metadata -> 'reversed_transfers' ? v_id then
    return payments.outcome('ignored', v_payout.booking_id);
  end if;
  if v_payout.status <> 'completed' then
    if p_object -> 'amount' is distinct from to_jsonb(v_payout.net_amount - v_payout.set_off_amount)
       or p_object ->> 'currency' is distinct from lower(v_payout.currency)
    then
      perform core.open_exception('transfer_mismatch', v_payout.city_code, v_payout.booking_id,
        jsonb_build_object('payout_id', v_payout.id, 'transfer_id', v_id));
      return payments.outcome('ignored', v_payout.booking_id);
    end if;
    perform payments.finish_payout(v_payout, p_at, v_id);
  elsif v_payout.gateway_transfer_id is distinct from v_id then
    perform core.open_exception('payout_made_twice', v_payout.city_code, v_payout.booking_id,
      jsonb_build_object('payout_id', v_payout.id, 'transfer_id', v_id));
    return payments.outcome('ignored', v_payout.booking_id);
  end if;

  if v_reversed >= payments.stripe_number(p_object, 'amount', 1) then
    perform ledger.record_payout_reversed(v_payout.booking_id, v_payout.id, p_at);
    update payments.payouts as p
    set status = 'failed', gateway_transfer_id = null, reversed_amount = 0,
        metadata = jsonb_set(p.metadata, '{reversed_transfers}', coalesce(p.metadata -> 'reversed_transfers', '[]') || to_jsonb(v_id))
    where p.id = v_payout.id;
    perform core.open_exception('payout_failed', v_payout.city_code, v_payout.booking_id,
      jsonb_build_object('payout_id', v_payout.id, 'reversed_transfer', v_id));
    perform payments.tell_line_of_payout(v_payout.booking_id, 'payout_reversed');
  elsif v_reversed > v_payout.reversed_amount then
    perform ledger.record_payout_partly_reversed(
      v_payout.booking_id, v_payout.id, v_reversed - v_payout.reversed_amount, v_id || ':' || v_reversed, p_at);
    update payments.payouts as p set reversed_amount = v_reversed where p.id = v_payout.id;
    perform core.open_exception('payout_partly_reversed', v_payout.city_code, v_payout.booking_id,
      jsonb_build_object('payout_id', v_payout.id, 'transfer_id', v_id, 'amount_reversed', p_object -> 'amount_reversed'));
    perform payments.tell_line_of_payout(v_payout.booking_id, 'payout_reversed');
  end if;
  perform payments.open_owed_payouts(v_payout.booking_id);
  return payments.outcome('processed', v_payout.booking_id);
end;
$$;
comment on function payments.apply_transfer(jsonb, timestamptz) is 'Applies a transfer of Stripe to its payout.';
revoke all on function payments.apply_transfer(jsonb, timestamptz) from public;
