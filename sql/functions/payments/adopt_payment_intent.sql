-- Note what the provider calls a payment, and how it ended there: success is never overwritten.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.adopt_payment_intent(p_payment payments.payments, p_object jsonb)
returns payments.payments
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_status constant text := p_object ->> 'status';
  v_ends constant boolean := v_status in ('succeeded', 'canceled')
    and coalesce(p_payment.gateway_response ->> 'status', '') not in ('succeeded', v_status);
  v_customer constant text := payments.stripe_id(p_object -> 'customer');
  v_payment payments.payments := p_payment;
begin
  if v_ends or p_payment.gateway_payment_intent_id is null or p_payment.stripe_customer_id is null and v_customer is not null then
    update payments.payments as p
    set gateway_payment_intent_id = p_object ->> 'id',
        stripe_customer_id = coalesce(v_customer, p.stripe_customer_id),
        stripe_payment_method_id = case when v_ends
          then payments.stripe_id(p_object -> 'payment_method') else p.stripe_payment_method_id end,
        gateway_charge_id = case when v_ends and v_status = 'succeeded'
          then payments.stripe_id(p_object -> 'latest_charge') else p.gateway_charge_id end,
        gateway_response = case when v_ends then p_object - 'client_secret' else p.gateway_response end
    where p.id = p_payment.id
    returning * into v_payment;
  end if;
  return v_payment;
end;
$$;
comment on function payments.adopt_payment_intent(payments.payments, jsonb) is
  'Stores the ids of a payment intent, and the object itself once it has ended, with its payment.';
revoke all on function payments.adopt_payment_intent(payments.payments, jsonb) from public;
