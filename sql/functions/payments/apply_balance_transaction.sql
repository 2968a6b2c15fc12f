-- Post the provider's fee on a charge, once per balance transaction.
-- Who: functions of ours. Locks: the order, the payment. Fails with: INVALID_REQUEST.
create or replace function payments.apply_balance_transaction(p_object jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
begin
  perform payments.require_stripe_object(p_object);
  if p_object ->> 'type' not in ('charge', 'payment') then
    return payments.outcome('ignored');
  end if;
  v_payment := payments.lock_payment(payments.find_payment(p_object));
  if v_payment.id is null then
    return payments.outcome('waiting');
  end if;
  if not payments.agrees(v_payment, p_object,
    jsonb_build_object('currency', lower(v_payment.currency)), jsonb_build_object('currency', p_object -> 'currency'))
  then
    return payments.outcome('ignored', v_payment.booking_id);
  end if;
  perform ledger.record_gateway_fee(v_payment.booking_id, v_payment.id, payments.stripe_number(p_object, 'fee', 0),
    p_object ->> 'id', payments.stripe_time(p_object, 'created'));
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_balance_transaction(jsonb) is 'Posts the fee in a balance transaction of Stripe.';
revoke all on function payments.apply_balance_transaction(jsonb) from public;
