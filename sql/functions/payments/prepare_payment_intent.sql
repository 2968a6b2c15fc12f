-- Prepare a card payment: what to ask of the provider. The provider's answer goes to record_payment_intent.
-- Who: service_role, with the claims and session of the order's customer. Locks, fails with: as start_payment;
-- FORBIDDEN, INVALID_PARAMETER.
create or replace function payments.prepare_payment_intent(
  p_booking_id uuid, p_session_id text default null, p_payment_method_id text default null, p_customer_email text default null)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
begin
  perform access.require_service();
  perform core.require_valid('payment_method_id',
    p_payment_method_id is null or p_payment_method_id ~ '^[A-Za-z0-9_]{1,255}$', 'an id of the provider');
  perform core.require_valid('customer_email',
    p_customer_email is null or p_customer_email ~ '^[^@[:space:]]+@[^@[:space:]]+$', 'an e-mail address');

  v_payment := payments.start_payment(p_booking_id, 'stripe_card', p_session_id);
  return payments.provider_request(v_payment) || jsonb_build_object(
    'payment_intent_id', v_payment.gateway_payment_intent_id,
    'payment_method_id', p_payment_method_id, 'customer_email', p_customer_email);
end;
$$;
comment on function payments.prepare_payment_intent(uuid, text, text, text) is
  'Starts or continues the card payment of an order and returns the request to the provider; amount in minor units.';
revoke all on function payments.prepare_payment_intent(uuid, text, text, text) from public;
grant execute on function payments.prepare_payment_intent(uuid, text, text, text) to service_role;
