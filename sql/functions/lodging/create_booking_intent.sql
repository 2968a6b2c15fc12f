-- Hold the nights of a stay for a guest who will pay, at today's price and terms.
-- The same request again, while the hold lasts, gets the same answer; a changed one for the same unit and nights replaces it.
-- Where the client says what total it has shown, nothing is held at another one.
-- Who: everybody with a session id. Locks: session, address, an earlier intent of the guest, unit, nights.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, RATE_LIMIT_EXCEEDED, INSUFFICIENT_INVENTORY (with the broken rules),
-- PRICE_CHANGED (with both totals).
create or replace function lodging.create_booking_intent(
  p_session_id text, p_city_code text, p_property_id uuid, p_unit_id uuid, p_rate_plan_id uuid, p_check_in date, p_check_out date,
  p_guests jsonb, p_traveler jsonb, p_source text, p_utm_medium text, p_utm_campaign text,
  p_expected_total bigint)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_session_id constant text := coalesce(p_session_id, access.header('x-session-id'));
  v_session_hash constant text := access.session_hash(p_session_id);
  v_address_hash constant text := access.address_hash();
  v_request constant text := encode(sha256(convert_to(jsonb_build_array(
    p_rate_plan_id, p_guests, p_traveler, p_source, p_utm_medium, p_utm_campaign)::text, 'UTF8')), 'hex');
  v_hold constant jsonb := core.setting('lodging.hold_seconds');
  v_guests record;
  v_broken jsonb;
  v_price record;
  v_policy lodging.cancellation_policies;
  v_rate numeric;
  v_unit record;
  v_intent lodging.booking_intents;
begin
  perform core.require('session_id', v_session_hash is not null);
  perform lodging.require_stay(p_check_in, p_check_out);
  v_guests := lodging.read_guests(p_guests);
  perform lodging.require_fitting_unit(
    p_city_code, p_property_id, p_unit_id, p_rate_plan_id, v_guests.adults, v_guests.children);

  perform lodging.lock_guest(v_session_hash, v_address_hash);
  v_intent := lodging.renew_intent(v_session_hash, p_unit_id, p_check_in, p_check_out, v_request);
  if v_intent.id is not null then
    perform lodging.require_expected_total(p_expected_total, v_intent.total_amount, v_intent.currency);
    return lodging.describe_intent(v_intent, v_session_id);
  end if;
  perform lodging.require_few_holds(v_session_hash, v_address_hash);

  perform lodging.make_room(p_unit_id, p_check_in, p_check_out);
  v_broken := lodging.broken_rules(p_unit_id, p_check_in, p_check_out, p_rate_plan_id);
  if v_broken <> '[]' then
    perform core.raise('INSUFFICIENT_INVENTORY', jsonb_build_object('unit_id', p_unit_id, 'rules', v_broken));
  end if;
  select * into strict v_price from lodging.quote(p_unit_id, p_rate_plan_id, p_check_in, p_check_out);
  perform lodging.require_expected_total(p_expected_total, v_price.total_amount, v_price.currency);
  v_policy := lodging.cancellation_policy(p_city_code, p_property_id, p_rate_plan_id);
  v_rate := lodging.commission_rate(p_city_code, p_property_id);
  select u.name, p.name as property_name, p.payee_id, p.check_in_time, c.timezone
  into strict v_unit
  from lodging.unit_map as u
  join lodging.properties_map as p on p.id = u.property_id
  join core.cities as c on c.code = u.city_code
  where u.id = p_unit_id;

  v_intent.id := core.new_id();
  perform payments.place_order(
    p_id => v_intent.id, p_product_line => 'lodging', p_listing_id => p_property_id, p_payee_id => v_unit.payee_id,
    p_customer_subject => access.subject(), p_session_hash => v_session_hash, p_city_code => p_city_code,
    p_amount => v_price.total_amount, p_platform_fee => round(v_rate * v_price.total_amount)::bigint, p_currency => v_price.currency,
    p_description => format('%s, %s, %s to %s', v_unit.property_name, v_unit.name, p_check_in, p_check_out),
    p_policy_snapshot => to_jsonb(v_policy) - array['id', 'city_code', 'property_id', 'is_active', 'created_at']
      || jsonb_build_object('commission_rate', v_rate, 'check_in_time', v_unit.check_in_time, 'timezone', v_unit.timezone),
    p_attribution => jsonb_strip_nulls(jsonb_build_object(
      'source', 'direct', 'utm_source', p_source, 'utm_medium', p_utm_medium, 'utm_campaign', p_utm_campaign)));
  insert into lodging.booking_intents (
    id, session_id, city_code, property_id, unit_id, rate_plan_id, traveler_id, check_in, check_out, nights,
    guests_adults, guests_children, guests_infants, base_price, taxes, fees, discount_amount, total_amount, currency,
    commission_rate, cancellation_policy_id, status_changed_at, expires_at, hold_token,
    utm_source, utm_medium, utm_campaign, user_agent, ip_hash, metadata)
  values (
    v_intent.id, v_session_hash, p_city_code, p_property_id, p_unit_id, p_rate_plan_id,
    case when p_traveler is not null then lodging.save_traveler(p_traveler) end, p_check_in, p_check_out, p_check_out - p_check_in,
    v_guests.adults, v_guests.children, v_guests.infants, v_price.base_price, v_price.taxes, v_price.fees,
    v_price.discount_amount, v_price.total_amount, v_price.currency,
    v_rate, v_policy.id, v_now, v_now + make_interval(secs => (v_hold ->> 'intent')::double precision), 'hold_' || gen_random_uuid(),
    p_source, p_utm_medium, p_utm_campaign, access.header('user-agent'), v_address_hash, jsonb_build_object('request', v_request))
  returning * into v_intent;
  perform lodging.change_nights(p_unit_id, p_check_in, p_check_out, 1, 0);

  if v_intent.total_amount = 0 then
    v_intent := lodging.confirm_intent(v_intent);
  end if;
  return lodging.describe_intent(v_intent, v_session_id);
end;
$$;
comment on function lodging.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint) is
  'Holds the nights of a stay and returns the intent with its price and the end of the hold.';
revoke all on function lodging.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint) from public;
grant execute on function lodging.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text, bigint)
  to anon, authenticated, service_role;
