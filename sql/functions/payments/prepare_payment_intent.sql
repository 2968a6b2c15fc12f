-- Prepare a card payment: what to ask of the provider. The provider's answer goes to record_payment_intent.
-- The idempotency key stands for the payment and its attempt, so that an attempt never makes two objects at the provider.
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
  v_order payments.orders;
begin
  perform access.require_service();
  perform core.require_valid('payment_method_id',
    p_payment_method_id is null or p_payment_method_id ~ '^[A-Za-z0-9_]{1,255}$', 'an id of the provider');
  perform core.require_valid('customer_email',
    p_customer_email is null or p_customer_email ~ '^[^@[:space:]]+@[^@[:space:]]+$', 'an e-mail address');

  v_payment := payments.start_payment(p_booking_id, 'stripe_card', p_session_id);
  select * into strict v_order from payments.orders as o where o.id = p_booking_id;

  return jsonb_build_object(
    'payment_id', v_payment.id, 'booking_id', v_payment.booking_id, 'attempt_no', v_payment.attempt_no,
    'amount', v_payment.amount, 'currency', lower(v_payment.currency),
    'payment_intent_id', v_payment.gateway_payment_intent_id,
    'idempotency_key', v_payment.id || ':' || v_payment.attempt_no,
    'description', v_payment.description,
    'metadata', jsonb_build_object(
      'payment_id', v_payment.id, 'booking_id', v_payment.booking_id,
      'product_line', v_order.product_line, 'city_code', v_payment.city_code),
    'capture_method', coalesce(v_order.policy_snapshot ->> 'capture_method', 'automatic'),
    'payment_method_id', p_payment_method_id, 'customer_email', p_customer_email);
end;
$$;
comment on function payments.prepare_payment_intent(uuid, text, text, text) is
  'Starts or continues the card payment of an order and returns the request to the provider; amount in minor units.';
revoke all on function payments.prepare_payment_intent(uuid, text, text, text) from public;
grant execute on function payments.prepare_payment_intent(uuid, text, text, text) to service_role;
