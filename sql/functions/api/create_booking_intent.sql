-- Hold the nights of a stay: see lodging.create_booking_intent.
create or replace function api.create_booking_intent(
  p_session_id text default null, p_city_code text default null, p_property_id uuid default null,
  p_unit_id uuid default null, p_rate_plan_id uuid default null, p_check_in date default null,
  p_check_out date default null, p_guests jsonb default null, p_traveler jsonb default null,
  p_source text default null, p_utm_medium text default null, p_utm_campaign text default null,
  p_expected_total bigint default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.create_booking_intent(
    p_session_id, p_city_code, p_property_id, p_unit_id, p_rate_plan_id, p_check_in,
    p_check_out, p_guests, p_traveler, p_source, p_utm_medium, p_utm_campaign, p_expected_total);
end;
comment on function api.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint) is
  'Holds the nights of a stay and returns the intent with its price and the end of the hold.';
revoke all on function api.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint) from public;
grant execute on function api.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint) to anon, authenticated, service_role;
