-- Store the provider's answer to create_pix_charge: see payments.record_pix_charge.
create or replace function api.record_pix_charge(p_payment_id uuid, p_pix_charge jsonb, p_qr_code_base64 text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.record_pix_charge(p_payment_id, p_pix_charge, p_qr_code_base64);
end;
comment on function api.record_pix_charge(uuid, jsonb, text) is
  'Stores the PIX charge that the provider made for a payment, and returns what its customer needs.';
revoke all on function api.record_pix_charge(uuid, jsonb, text) from public;
grant execute on function api.record_pix_charge(uuid, jsonb, text) to service_role;
