-- Store the provider's answer to a prepared payment: see payments.record_payment_intent.
create or replace function api.record_payment_intent(p_payment_id uuid, p_payment_intent jsonb)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.record_payment_intent(p_payment_id, p_payment_intent);
end;
comment on function api.record_payment_intent(uuid, jsonb) is
  'Stores the payment intent that the provider made for a payment.';
revoke all on function api.record_payment_intent(uuid, jsonb) from public;
grant execute on function api.record_payment_intent(uuid, jsonb) to service_role;
