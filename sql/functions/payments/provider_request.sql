-- What to tell the provider of a payment, whichever way it is made: our ids for it to keep, the amount, and a key that stands for the
-- payment and its attempt, so that an attempt never makes two objects there.
-- Who: functions of ours. Locks: none.
create or replace function payments.provider_request(p_payment payments.payments)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'payment_id', p_payment.id, 'booking_id', p_payment.booking_id, 'attempt_no', p_payment.attempt_no,
    'amount', p_payment.amount, 'currency', lower(p_payment.currency),
    'idempotency_key', p_payment.id || ':' || p_payment.attempt_no,
    'description', coalesce(p_payment.description, o.product_line),
    'metadata', jsonb_build_object(
      'payment_id', p_payment.id, 'booking_id', p_payment.booking_id,
      'product_line', o.product_line, 'city_code', p_payment.city_code),
    'capture_method', coalesce(o.policy_snapshot ->> 'capture_method', 'automatic'))
  from payments.orders as o where o.id = p_payment.booking_id
$$;
comment on function payments.provider_request(payments.payments) is 'The facts of a payment for its provider; amount in minor units.';
revoke all on function payments.provider_request(payments.payments) from public;
