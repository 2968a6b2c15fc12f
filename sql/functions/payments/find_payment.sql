-- The payment that an object of Stripe, or of the provider it names, belongs to: by the provider's ids, else by ours in its metadata.
-- Who: functions of ours. Locks: none.
create or replace function payments.find_payment(p_object jsonb)
returns uuid
language sql stable security definer
set search_path = ''
as $$
  select coalesce(
    (select p.id from payments.payments as p
     where p.provider = coalesce(p_object ->> 'provider', 'stripe') and p.gateway_payment_intent_id = payments.stripe_key(p_object)),
    (select p.id from payments.payments as p where p.stripe_checkout_session_id = p_object ->> 'id'),
    (select p.id from payments.payments as p
     where p.gateway_charge_id = case p_object ->> 'object'
       when 'charge' then p_object ->> 'id'
       when 'balance_transaction' then payments.stripe_id(p_object -> 'source')
       else payments.stripe_id(p_object -> 'charge') end),
    (select p.id from payments.payments as p
     where p.id = payments.metadata_id(p_object, 'payment_id') and p.provider = coalesce(p_object ->> 'provider', 'stripe')))
$$;
comment on function payments.find_payment(jsonb) is 'The id of the payment a Stripe object belongs to; null for an unknown one.';
revoke all on function payments.find_payment(jsonb) from public;
