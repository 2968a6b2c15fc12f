-- A booking that the Host or another channel sold becomes a reservation without a payment. The Host is believed about its nights:
-- what they oversell becomes overcommitted.
-- Who: on_host_event, which holds the booking's lock. Locks: the unit and its nights. Fails with: MISSING_REQUIRED_FIELD, NOT_FOUND (the
-- unit), 22xxx and 23514 (nonsense).
create or replace function lodging.take_in_booking(p_booking jsonb)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant uuid := core.new_id();
  v_source constant lodging.reservation_source := (case
    when p_booking ->> 'source' in ('booking_com', 'airbnb', 'expedia') then p_booking ->> 'source' else 'other_ota'
  end)::lodging.reservation_source;
  v_email constant text := lower(btrim(p_booking -> 'guest' ->> 'email'));
  v_check_in constant date := (p_booking ->> 'check_in')::date;
  v_check_out constant date := (p_booking ->> 'check_out')::date;
  v_unit lodging.unit_map;
  v_traveler_id uuid;
begin
  perform core.require('check_in', v_check_in is not null);
  perform core.require('check_out', v_check_out is not null);
  select u.* into v_unit
  from lodging.unit_map as u
  join lodging.properties_map as p on p.id = u.property_id
  where u.host_unit_id = p_booking ->> 'host_unit_id' and p.host_property_id = p_booking ->> 'host_property_id';
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object(
      'host_property_id', p_booking -> 'host_property_id', 'host_unit_id', p_booking -> 'host_unit_id'));
  end if;

  insert into payments.orders (id, product_line, listing_id, city_code, amount, currency, attribution)
  values (v_id, 'lodging', v_unit.property_id, v_unit.city_code, 0, v_unit.currency, jsonb_build_object('channel', v_source));
  insert into lodging.travelers (first_name, last_name, email, phone)
  values (p_booking -> 'guest' ->> 'first_name', p_booking -> 'guest' ->> 'last_name',
    case when v_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' then v_email end, p_booking -> 'guest' ->> 'phone')
  returning id into v_traveler_id;
  insert into lodging.reservations
    (id, confirmation_code, city_code, property_id, unit_id, traveler_id, check_in, check_out, guests_adults, guests_children,
     guests_infants, total_amount, currency, commission_rate, commission_amount, status, source, host_booking_id,
     host_commit_status, host_updated_at, booked_at)
  select v_id, lodging.new_confirmation_code(extract(year from core.today(v_unit.city_code))::integer), v_unit.city_code,
    v_unit.property_id, v_unit.id, v_traveler_id, v_check_in, v_check_out,
    coalesce((p_booking -> 'guests' ->> 'adults')::integer, 1), coalesce((p_booking -> 'guests' ->> 'children')::integer, 0),
    coalesce((p_booking -> 'guests' ->> 'infants')::integer, 0), coalesce((p_booking ->> 'total_amount')::bigint, 0),
    coalesce(p_booking ->> 'currency', v_unit.currency), 0, 0, 'confirmed', v_source, p_booking ->> 'host_booking_id',
    'committed', (p_booking ->> 'updated_at')::timestamptz, core.now();
  perform lodging.add_host_nights(v_unit.id, v_check_in, v_check_out);
  return v_id;
end;
$$;
comment on function lodging.take_in_booking(jsonb) is 'Makes the reservation of a booking sold elsewhere and returns its id.';
revoke all on function lodging.take_in_booking(jsonb) from public;
