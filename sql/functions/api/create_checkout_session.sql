-- Prepare the payment of an order on the provider's page: see payments.prepare_checkout_session.
create or replace function api.create_checkout_session(
  p_booking_id uuid, p_session_id text default null, p_success_url text default null, p_cancel_url text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.prepare_checkout_session(p_booking_id, p_session_id, p_success_url, p_cancel_url);
end;
comment on function api.create_checkout_session(uuid, text, text, text) is
  'Starts or continues the payment of an order on the provider''s page and returns the request to the provider; amount in minor units.';
revoke all on function api.create_checkout_session(uuid, text, text, text) from public;
grant execute on function api.create_checkout_session(uuid, text, text, text) to service_role;
