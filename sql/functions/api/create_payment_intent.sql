-- Prepare the card payment of an order: see payments.prepare_payment_intent.
create or replace function api.create_payment_intent(
  p_booking_id uuid, p_session_id text default null, p_payment_method_id text default null, p_customer_email text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.prepare_payment_intent(p_booking_id, p_session_id, p_payment_method_id, p_customer_email);
end;
comment on function api.create_payment_intent(uuid, text, text, text) is
  'Starts or continues the card payment of an order and returns the request to the provider; amount in minor units.';
revoke all on function api.create_payment_intent(uuid, text, text, text) from public;
grant execute on function api.create_payment_intent(uuid, text, text, text) to service_role;
