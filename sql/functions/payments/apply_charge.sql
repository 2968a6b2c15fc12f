-- A charge moves no money in the books: it tells its id, and where the provider's fee can be read.
-- Who: functions of ours. Locks: the order, the payment.
create or replace function payments.apply_charge(p_object jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_fees constant jsonb := p_object -> 'balance_transaction';
  v_payment payments.payments;
begin
  v_payment := payments.lock_payment(payments.find_payment(p_object));
  if v_payment.id is null then
    return payments.outcome('waiting');
  end if;
  if p_object ->> 'status' = 'succeeded' then
    if not payments.agrees(v_payment, p_object,
      jsonb_build_object('currency', lower(v_payment.currency), 'amount', v_payment.amount),
      jsonb_build_object('currency', p_object -> 'currency', 'amount', p_object -> 'amount'))
    then
      return payments.outcome('ignored', v_payment.booking_id);
    end if;
    update payments.payments as p set gateway_charge_id = p_object ->> 'id'
    where p.id = v_payment.id and p.gateway_charge_id is null;
    if jsonb_typeof(v_fees) = 'object' then
      return payments.apply_balance_transaction(v_fees);
    elsif jsonb_typeof(v_fees) = 'string' then
      perform payments.enqueue_once(v_payment, 'payments.fetch_stripe_object',
        jsonb_build_object('object', 'balance_transaction', 'id', v_fees));
    end if;
  end if;
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_charge(jsonb) is
  'Applies a charge of Stripe to its payment, and asks for its balance transaction.';
revoke all on function payments.apply_charge(jsonb) from public;
