-- Say who stays: see lodging.update_traveler_details.
create or replace function api.update_traveler_details(
  p_booking_intent_id uuid default null, p_session_id text default null, p_traveler jsonb default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.update_traveler_details(p_booking_intent_id, p_session_id, p_traveler);
end;
comment on function api.update_traveler_details(uuid, text, jsonb) is 'Stores who stays; keys that are not sent keep their value.';
revoke all on function api.update_traveler_details(uuid, text, jsonb) from public;
grant execute on function api.update_traveler_details(uuid, text, jsonb) to anon, authenticated, service_role;
