-- Prepare the payment of an order by PIX: see payments.prepare_pix_charge.
create or replace function api.create_pix_charge(
  p_booking_intent_id uuid default null, p_session_id text default null, p_provider text default 'stripe')
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.prepare_pix_charge(p_booking_intent_id, p_session_id, p_provider);
end;
comment on function api.create_pix_charge(uuid, text, text) is
  'Starts or continues the payment of an order by PIX and returns the request to the provider; amount in minor units.';
revoke all on function api.create_pix_charge(uuid, text, text) from public;
grant execute on function api.create_pix_charge(uuid, text, text) to service_role;
