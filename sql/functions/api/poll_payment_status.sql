-- How an intent and its payment stand: see lodging.poll_payment_status.
create or replace function api.poll_payment_status(p_booking_intent_id uuid default null, p_session_id text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.poll_payment_status(p_booking_intent_id, p_session_id);
end;
comment on function api.poll_payment_status(uuid, text) is 'Status of an intent and of the payment that counts for it.';
revoke all on function api.poll_payment_status(uuid, text) from public;
grant execute on function api.poll_payment_status(uuid, text) to anon, authenticated, service_role;
