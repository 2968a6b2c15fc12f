-- A property to book, and guests who do. A guest is called by name: his session is tests.session(name).

--- The city URB with the property 'house' of two unit types: one 'double' (2 guests) and three 'family' rooms (4 guests).
--- 60 nights from today at 100.00 and 150.00 BRL, no restrictions.
create or replace function tests.create_lodging()
returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform tests.create_city('URB');
  insert into lodging.properties_map
    (id, city_id, city_code, host_property_id, slug, name, property_type, state, amenities, rating, review_count, is_published)
  select tests.id('house'), c.id, c.code, 'host-house', 'house', 'House', 'pousada', 'SC', '{wifi,parking}', 4.5, 10, true
  from core.cities as c where c.code = 'URB';
  insert into lodging.unit_map
    (id, property_id, city_code, host_unit_id, name, room_type, max_guests, max_adults, max_children)
  values
    (tests.id('double'), tests.id('house'), 'URB', 'host-double', 'Double', 'double', 2, 2, 1),
    (tests.id('family'), tests.id('house'), 'URB', 'host-family', 'Family', 'family', 4, 3, 2);
  insert into lodging.availability_calendar
    (unit_id, date, city_code, property_id, max_guests, allotment, base_price, currency)
  select u.id, tests.night(g.i), 'URB', u.property_id, u.max_guests,
    case u.room_type when 'double' then 1 else 3 end, case u.room_type when 'double' then 10000 else 15000 end, 'BRL'
  from generate_series(0, 59) as g (i)
  cross join lodging.unit_map as u
  where u.property_id = tests.id('house')
  order by g.i, u.id;
end $$;

--- The date so many nights from today, in the city.
create or replace function tests.night(number integer)
returns date language sql volatile security definer set search_path = '' as $$
  select core.today('URB') + night.number
$$;

--- A guest asks for some nights, as the anonymous visitor he is or as whoever the test speaks as.
create or replace function tests.hold(
  name text, unit text default 'double', first_night integer default 10, nights integer default 3,
  guests jsonb default '{"adults": 2}', traveler jsonb default null)
returns jsonb language plpgsql volatile security invoker set search_path = '' as $$
begin
  return api.create_booking_intent(
    p_session_id => tests.session(hold.name), p_city_code => 'URB', p_property_id => tests.id('house'), p_unit_id => tests.id(hold.unit),
    p_check_in => tests.night(hold.first_night), p_check_out => tests.night(hold.first_night + hold.nights),
    p_guests => hold.guests, p_traveler => hold.traveler);
end $$;

--- The guest's last intent.
create or replace function tests.intent(name text)
returns lodging.booking_intents language plpgsql stable security definer set search_path = '' as $$
declare
  v_intent lodging.booking_intents;
begin
  select * into v_intent
  from lodging.booking_intents as i
  where i.session_id = encode(sha256(convert_to(tests.session(intent.name), 'UTF8')), 'hex')
  order by i.created_at desc
  limit 1;
  return v_intent;
end $$;

create or replace function tests.stay(name text)
returns lodging.reservations language plpgsql stable security definer set search_path = '' as $$
declare
  v_reservation lodging.reservations;
begin
  select * into v_reservation from lodging.reservations as r where r.id = (tests.intent(stay.name)).id;
  return v_reservation;
end $$;

--- The guest's last payment.
create or replace function tests.stay_payment(name text)
returns payments.payments language plpgsql stable security definer set search_path = '' as $$
declare
  v_payment payments.payments;
begin
  select * into v_payment
  from payments.payments as p
  where p.booking_id = (tests.intent(stay_payment.name)).id
  order by p.created_at desc
  limit 1;
  return v_payment;
end $$;

--- The guest begins to pay by card; Stripe has made the payment intent pi_<payment id>.
create or replace function tests.start_stay(name text)
returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform lodging.create_payment_intent_stripe(
    (tests.intent(start_stay.name)).id, tests.session(start_stay.name), null, replace(start_stay.name, ' ', '.') || '@guest.example');
  perform tests.stripe_says(start_stay.name, 'requires_payment_method');
end $$;

--- What Stripe says of the guest's payment intent.
create or replace function tests.stripe_says(name text, status text)
returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_payment payments.payments := tests.stay_payment(stripe_says.name);
begin
  perform payments.ingest_stripe_object(jsonb_build_object(
    'id', 'pi_' || v_payment.id, 'object', 'payment_intent', 'status', stripe_says.status, 'livemode', false,
    'amount', v_payment.amount, 'currency', lower(v_payment.currency),
    'amount_received', case stripe_says.status when 'succeeded' then v_payment.amount else 0 end,
    'latest_charge', case stripe_says.status when 'succeeded' then 'ch_' || v_payment.id end,
    'last_payment_error', null, 'metadata', jsonb_build_object('payment_id', v_payment.id)));
end $$;

--- The guest pays by card, from the first click to Stripe's word.
create or replace function tests.pay_stay(name text)
returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform tests.start_stay(pay_stay.name);
  perform tests.stripe_says(pay_stay.name, 'succeeded');
end $$;

--- Stripe says how the refund of the guest's payment went.
create or replace function tests.refund_says(name text, status text)
returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_payment payments.payments := tests.stay_payment(refund_says.name);
begin
  perform payments.ingest_stripe_object(jsonb_build_object(
    'id', 're_' || f.id, 'object', 'refund', 'status', refund_says.status, 'amount', f.amount, 'currency', lower(f.currency),
    'payment_intent', v_payment.gateway_payment_intent_id, 'metadata', jsonb_build_object('refund_id', f.id)))
  from payments.refunds as f
  where f.payment_id = v_payment.id;
end $$;

--- The worker carries out the guest's waiting command of a topic: answer is the Host's, null for a refusal.
create or replace function tests.host_says(name text, topic text, answer jsonb, retry boolean default false)
returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_command jsonb;
begin
  update core.outbox as o
  set next_attempt_at = case when o.booking_id = (tests.intent(host_says.name)).id then core.now() else 'infinity' end
  where o.topic = host_says.topic and o.status = 'pending';
  v_command := core.claim_commands('worker', array[host_says.topic], 1) -> 0;
  update core.outbox as o set next_attempt_at = core.now() where o.next_attempt_at = 'infinity';
  if host_says.answer is null then
    perform core.fail_command((v_command ->> 'id')::uuid, (v_command ->> 'claim_token')::uuid,
      '{"code": "no_availability"}', true, host_says.retry);
  else
    perform core.complete_command((v_command ->> 'id')::uuid, (v_command ->> 'claim_token')::uuid, host_says.answer);
  end if;
end $$;

--- The counters of a unit's nights, as {bookings/holds} from the first night on.
create or replace function tests.nights(unit text, first_night integer, nights integer)
returns text language sql stable security definer set search_path = '' as $$
  select string_agg(c.bookings_count || '/' || c.temp_holds, ' ' order by c.date)
  from lodging.availability_calendar as c
  where c.unit_id = tests.id(nights.unit)
    and c.date between core.today('URB') + nights.first_night and core.today('URB') + nights.first_night + nights.nights - 1
$$;

--- The nights whose counters are not what intents and reservations say.
create or replace function tests.wrong_nights()
returns setof lodging.availability_calendar language sql stable security definer set search_path = '' as $$
  select c.*
  from lodging.availability_calendar as c
  where c.temp_holds <> (
      select count(*) from lodging.booking_intents as i
      where i.unit_id = c.unit_id and i.holds_inventory and c.date >= i.check_in and c.date < i.check_out)
    or c.bookings_count <> (
      select count(*) from lodging.reservations as r
      where r.unit_id = c.unit_id and c.date >= r.check_in and c.date < r.check_out
        and r.status not in ('host_commit_failed', 'cancelled', 'refund_pending', 'refunded', 'refund_failed'))
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
