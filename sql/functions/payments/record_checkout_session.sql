-- Store the provider's answer to a prepared payment on its page, then process the events that came before it.
-- The answer names the session that counts: where another was known first it is that one, the status is null, and the given one
-- is closed.
-- Who: service_role. Locks: the order, the payment, what the line locks, waiting events of the object.
-- Fails with: FORBIDDEN, NOT_FOUND, INVALID_PARAMETER (not a Checkout session, or that of another payment).
create or replace function payments.record_checkout_session(p_payment_id uuid, p_checkout_session jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id text;
begin
  perform access.require_service();
  perform core.require_valid('checkout_session',
    p_checkout_session ->> 'object' = 'checkout.session' and p_checkout_session ->> 'id' is not null, 'a Checkout session of Stripe');
  if not exists (select from payments.payments as p where p.id = p_payment_id) then
    perform core.raise('NOT_FOUND', jsonb_build_object('payment_id', p_payment_id));
  end if;
  perform core.require_valid('checkout_session',
    payments.metadata_id(p_checkout_session, 'payment_id') = p_payment_id, 'its metadata names the payment');

  perform payments.ingest_stripe_object(p_checkout_session);
  select p.stripe_checkout_session_id into strict v_id from payments.payments as p where p.id = p_payment_id;
  return jsonb_build_object(
    'checkout_session_id', v_id,
    'status', case when v_id = p_checkout_session ->> 'id' then p_checkout_session ->> 'status' end);
end;
$$;
comment on function payments.record_checkout_session(uuid, jsonb) is
  'Stores the Checkout session that the provider made for a payment.';
revoke all on function payments.record_checkout_session(uuid, jsonb) from public;
grant execute on function payments.record_checkout_session(uuid, jsonb) to service_role;
