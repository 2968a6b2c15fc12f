-- Store the provider's answer to a prepared payment, then process the events that came before it.
-- The answer names the intent that counts: where another was known first it is that one, the status is null, and the given one
-- must not be paid.
-- Who: service_role. Locks: the order, the payment, what the line locks, waiting events of the object.
-- Fails with: FORBIDDEN, NOT_FOUND, INVALID_PARAMETER (not a payment intent, or that of another payment).
create or replace function payments.record_payment_intent(p_payment_id uuid, p_payment_intent jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id text;
begin
  perform access.require_service();
  perform core.require_valid('payment_intent',
    p_payment_intent ->> 'object' = 'payment_intent' and p_payment_intent ->> 'id' is not null, 'a payment intent of Stripe');
  if not exists (select from payments.payments as p where p.id = p_payment_id) then
    perform core.raise('NOT_FOUND', jsonb_build_object('payment_id', p_payment_id));
  end if;
  perform core.require_valid('payment_intent',
    payments.metadata_id(p_payment_intent, 'payment_id') = p_payment_id, 'its metadata names the payment');

  perform payments.ingest_stripe_object(p_payment_intent);
  select p.gateway_payment_intent_id into strict v_id from payments.payments as p where p.id = p_payment_id;
  return jsonb_build_object(
    'payment_intent_id', v_id,
    'status', case when v_id = p_payment_intent ->> 'id' then p_payment_intent ->> 'status' end);
end;
$$;
comment on function payments.record_payment_intent(uuid, jsonb) is
  'Stores the payment intent that the provider made for a payment.';
revoke all on function payments.record_payment_intent(uuid, jsonb) from public;
grant execute on function payments.record_payment_intent(uuid, jsonb) to service_role;
