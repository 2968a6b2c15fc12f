-- Store the provider's answer to a payment prepared for its page: see payments.record_checkout_session.
create or replace function api.record_checkout_session(p_payment_id uuid, p_checkout_session jsonb)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.record_checkout_session(p_payment_id, p_checkout_session);
end;
comment on function api.record_checkout_session(uuid, jsonb) is
  'Stores the Checkout session that the provider made for a payment.';
revoke all on function api.record_checkout_session(uuid, jsonb) from public;
grant execute on function api.record_checkout_session(uuid, jsonb) to service_role;
