-- Refund a payment: see payments.refund_payment.
create or replace function api.refund_payment(
  p_payment_id uuid, p_reservation_id uuid default null, p_amount bigint default null, p_reason text default null,
  p_processed_by text default null, p_idempotency_key text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.refund_payment(p_payment_id, p_reservation_id, p_amount, p_reason, p_processed_by, p_idempotency_key);
end;
comment on function api.refund_payment(uuid, uuid, bigint, text, text, text) is
  'Refunds an amount in minor units (all that is left without one) of a payment and returns the refund.';
revoke all on function api.refund_payment(uuid, uuid, bigint, text, text, text) from public;
grant execute on function api.refund_payment(uuid, uuid, bigint, text, text, text) to authenticated, service_role;
