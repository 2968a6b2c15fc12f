-- Prepare a card payment for an intent: see lodging.create_payment_intent_stripe.
create or replace function api.create_payment_intent_stripe(
  p_booking_intent_id uuid default null, p_session_id text default null, p_payment_method_id text default null,
  p_customer_email text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.create_payment_intent_stripe(p_booking_intent_id, p_session_id, p_payment_method_id, p_customer_email);
end;
comment on function api.create_payment_intent_stripe(uuid, text, text, text) is
  'What to send to Stripe for the card payment of an intent.';
revoke all on function api.create_payment_intent_stripe(uuid, text, text, text) from public;
grant execute on function api.create_payment_intent_stripe(uuid, text, text, text) to service_role;
