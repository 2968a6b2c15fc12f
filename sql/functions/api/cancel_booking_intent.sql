-- Give up an unpaid stay: see lodging.cancel_booking_intent.
create or replace function api.cancel_booking_intent(p_booking_intent_id uuid default null, p_session_id text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.cancel_booking_intent(p_booking_intent_id, p_session_id);
end;
comment on function api.cancel_booking_intent(uuid, text) is 'Cancels an unpaid intent and releases its nights.';
revoke all on function api.cancel_booking_intent(uuid, text) from public;
grant execute on function api.cancel_booking_intent(uuid, text) to anon, authenticated, service_role;
