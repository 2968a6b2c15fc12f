begin;
select plan(90);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.try(p_changes jsonb) returns jsonb language sql as $$
  select api.create_booking_intent(
    r ->> 'session_id', r ->> 'city_code', (r ->> 'property_id')::uuid, (r ->> 'unit_id')::uuid, (r ->> 'rate_plan_id')::uuid,
    (r ->> 'check_in')::date, (r ->> 'check_out')::date, r -> 'guests', nullif(r -> 'traveler', 'null'), r ->> 'source',
    r ->> 'utm_medium', r ->> 'utm_campaign', (r ->> 'expected_total')::bigint)
  from (select jsonb_build_object(
    'session_id', tests.session('try'), 'city_code', 'URB', 'property_id', tests.id('house'), 'unit_id', tests.id('family'),
    'check_in', '2030-06-01', 'check_out', '2030-06-03', 'guests', '{"adults": 2}'::jsonb) || p_changes as r) as request
$$;

-- a guest
select tests.as_anon();
create temp table answer as select tests.hold('ana') as body;
select is(body - 'booking_intent_id', '{"session_id": "session of the guest of ana", "status": "intent_created", "expires_at": "2030-05-01T12:15:00+00:00",
  "total_amount": 30000, "currency": "BRL", "price_breakdown": {"base_price": 30000, "taxes": 0, "fees": 0, "discount": 0, "total": 30000}}'::jsonb,
  'a guest gets the price and fifteen minutes') from answer;
select is(tests.hold('ana'), body, 'the same request again gets the same answer') from answer;
reset role;
select is(tests.nights('double', 9, 5), '0/0 0/1 0/1 0/1 0/0', 'the nights from check-in to before check-out are held, once');
select results_eq(
  $$select o.product_line, o.listing_id, o.customer_subject, o.session_hash, o.amount, o.platform_fee, o.currency, o.description
    from payments.orders as o$$,
  $$values ('lodging', tests.id('house'), null, (tests.intent('ana')).session_id, 30000::bigint, 4500::bigint, 'BRL',
    'House, Double, 2030-05-11 to 2030-05-14')$$,
  'there is an order of the same price, with the commission');
select is((tests.intent('ana')).id, (select id from payments.orders), 'it has the id of the intent');
select is((select o.policy_snapshot - 'description' from payments.orders as o), '{"policy_type": "moderate", "free_cancellation_hours": 48,
  "refund_percentage_before": 100, "refund_percentage_after": 50, "no_show_charge_percentage": null, "commission_rate": 0.1500,
  "check_in_time": "14:00:00", "timezone": "America/Sao_Paulo"}'::jsonb, 'the order keeps the terms of today');
select isnt((tests.intent('ana')).session_id, tests.session('ana'), 'the session id itself is not stored');

-- another request for the same nights
select tests.as_anon();
select isnt(tests.hold('ana', guests => '{"adults": 1}') ->> 'booking_intent_id', body ->> 'booking_intent_id',
  'a changed request gets a new intent') from answer;
reset role;
select results_eq('select status::text, guests_adults from lodging.booking_intents order by created_at',
  $$values ('cancelled', 2), ('intent_created', 1)$$, 'in place of the old one');
select is(tests.nights('double', 10, 3), '0/1 0/1 0/1', 'and the nights are still held once');

-- another guest
select tests.as_anon();
select throws_like($$select tests.hold('bia')$$, '%not free%', 'another guest cannot have the last room');
select tests.throws_code($$select tests.hold('bia')$$, 'INSUFFICIENT_INVENTORY');
select tests.throws_code($$select tests.hold('bia', first_night => 8)$$, 'INSUFFICIENT_INVENTORY', 'nor nights of which one is taken');
select lives_ok($$select tests.hold('bia', first_night => 7)$$, 'he may leave on the day the first guest comes');
select lives_ok($$select tests.hold('bia', first_night => 13)$$, 'and come on the day the first guest leaves');
reset role;
select is(tests.nights('double', 6, 11), '0/0 0/1 0/1 0/1 0/1 0/1 0/1 0/1 0/1 0/1 0/0', 'a refused claim holds nothing');

-- overdue holds
select tests.freeze_time('2030-05-01 12:15+00');
select tests.as_anon();
select lives_ok($$select tests.hold('carla', first_night => 9, nights => 4)$$, 'a claim releases holds past their time, without waiting for the sweep');
reset role;
select is((tests.intent('ana')).status, 'expired', 'they are expired');
select is(tests.nights('double', 6, 11), '0/0 0/0 0/0 0/1 0/1 0/1 0/1 0/1 0/1 0/1 0/0', 'only those in the way');
select is_empty('select tests.wrong_nights()', 'the counters are what the intents say');
select tests.as_anon();
select tests.throws_code($$select tests.hold('dora', first_night => 9, nights => 1)$$, 'INSUFFICIENT_INVENTORY', 'a hold within its time stays');
select isnt(tests.hold('bia', first_night => 13) ->> 'status', null, 'an overdue request of one''s own is made anew');
reset role;
select is((select count(*) from lodging.booking_intents where status = 'expired'), 3::bigint, 'the old one is expired');

-- input
select tests.as_anon();
select tests.throws_code(format('select pg_temp.try(%L)', c.changes), c.code, c.says)
from (values
  ('{"session_id": null}', 'MISSING_REQUIRED_FIELD', 'a session is needed'),
  ('{"session_id": "short"}', 'INVALID_PARAMETER', 'of sixteen characters at least'),
  ('{"city_code": null}', 'MISSING_REQUIRED_FIELD', 'a city is needed'),
  ('{"property_id": null}', 'MISSING_REQUIRED_FIELD', 'a property is needed'),
  ('{"unit_id": null}', 'MISSING_REQUIRED_FIELD', 'a unit is needed'),
  ('{"check_in": null}', 'MISSING_REQUIRED_FIELD', 'an arrival is needed'),
  ('{"check_out": null}', 'MISSING_REQUIRED_FIELD', 'a departure is needed'),
  ('{"guests": null}', 'MISSING_REQUIRED_FIELD', 'guests are needed'),
  ('{"guests": {"children": 1}}', 'MISSING_REQUIRED_FIELD', 'an adult is needed'),
  ('{"guests": {"adults": 0}}', 'INVALID_PARAMETER', 'at least one'),
  ('{"guests": {"adults": 1.5}}', 'INVALID_PARAMETER', 'a whole one'),
  ('{"guests": {"adults": "2"}}', 'INVALID_PARAMETER', 'as a number'),
  ('{"guests": [2]}', 'INVALID_PARAMETER', 'in an object'),
  ('{"guests": {"adults": 2, "pets": 1}}', 'INVALID_PARAMETER', 'that holds nothing else'),
  ('{"guests": {"adults": 4}}', 'INVALID_PARAMETER', 'no more adults than the unit takes'),
  ('{"guests": {"adults": 1, "children": 3}}', 'INVALID_PARAMETER', 'no more children'),
  ('{"guests": {"adults": 3, "children": 2}}', 'INVALID_PARAMETER', 'and no more in all'),
  ('{"check_out": "2030-06-01"}', 'INVALID_PARAMETER', 'a stay has a night'),
  ('{"check_out": "2030-05-30"}', 'INVALID_PARAMETER', 'and goes forward'),
  ('{"check_out": "2031-06-01"}', 'INVALID_PARAMETER', 'and not for ever'),
  ('{"check_out": "infinity"}', 'INVALID_PARAMETER', 'even so'),
  ('{"city_code": "SAO"}', 'INVALID_PARAMETER', 'unit and city must agree'),
  ('{"property_id": "00000000-0000-0000-0000-000000000000"}', 'INVALID_PARAMETER', 'unit and property must agree'),
  ('{"rate_plan_id": "00000000-0000-0000-0000-000000000000"}', 'INVALID_PARAMETER', 'the rate plan must be the property''s'),
  ('{"traveler": "Ana"}', 'INVALID_PARAMETER', 'a traveler is an object'),
  ('{"traveler": {"email": "ana"}}', 'INVALID_PARAMETER', 'with an e-mail address'),
  ('{"traveler": {"first_name": 7}}', 'INVALID_PARAMETER', 'and a name'),
  ('{"traveler": {"first_name": " "}}', 'INVALID_PARAMETER', 'that is not blank'),
  ('{"traveler": {"cpf": "1"}}', 'INVALID_PARAMETER', 'and nothing we do not keep'),
  ('{"check_in": "2030-04-30", "check_out": "2030-05-02"}', 'INSUFFICIENT_INVENTORY', 'yesterday is over')
) as c (changes, code, says);
select set_config('request.headers', '{"x-session-id": "another session altogether"}', false);
select tests.throws_code($$select pg_temp.try('{}')$$, 'FORBIDDEN', 'a session in the header that differs from the parameter is refused');
select is(pg_temp.try('{"session_id": null}') ->> 'session_id', 'another session altogether', 'the header alone is enough');
select is(pg_temp.try('{"session_id": null, "guests": {"adults": 2, "infants": 3}}') ->> 'status', 'intent_created', 'infants need no bed');

-- the traveler
select tests.as_anon();
select lives_ok($$select pg_temp.try('{"session_id": "session of the guest of eva", "traveler": {"first_name": " Eva ", "email": " Eva@Mail.Example"}, "check_in": "2030-06-02", "check_out": "2030-06-04"}')$$);
select lives_ok($$select pg_temp.try('{"session_id": "session of the guest of fay", "traveler": {"first_name": "Fay", "email": "eva@mail.example"}, "check_in": "2030-06-06", "check_out": "2030-06-08"}')$$);
reset role;
select results_eq('select first_name, email, auth_user_id from lodging.travelers order by created_at',
  $$values ('Eva', 'eva@mail.example', null::uuid), ('Fay', 'eva@mail.example', null)$$,
  'an e-mail address is normalised, and never leads to somebody else''s row');

-- a signed-in customer
select tests.create_supabase_user('gil');
select tests.authenticate_as('gil');
select lives_ok($$select tests.hold('gil', 'family', 20, traveler => '{"first_name": "Gil", "email": "gil@mail.example"}')$$, 'a customer may book');
select lives_ok($$select tests.hold('gil', 'family', 30, traveler => '{"phone": "+55 49 99999"}')$$);
reset role;
select results_eq($$select first_name, email, phone from lodging.travelers where auth_user_id = tests.get_supabase_uid('gil')$$,
  $$values ('Gil', 'gil@mail.example', '+55 49 99999')$$, 'he is one traveler, however often he books');
select is((select count(*) from payments.orders where customer_subject = tests.get_supabase_uid('gil')::text), 2::bigint, 'and the orders are his');

-- hoarding
select tests.as_anon();
select tests.hold('hal', 'family', 1, 1), tests.hold('hal', 'family', 2, 1), tests.hold('hal', 'family', 3, 1);
select tests.throws_code($$select tests.hold('hal', 'family', 4, 1)$$, 'RATE_LIMIT_EXCEEDED', 'a session holds three rooms at most');
select lives_ok($$select tests.hold('hal', 'family', 3, 1, '{"adults": 1}')$$, 'a changed request does not count twice');
select set_config('request.headers', '{"x-forwarded-for": "203.0.113.9"}', false);
select count(tests.hold('address ' || g.i, 'family', 40 + g.i, 1)) from generate_series(1, 10) as g (i);
select tests.throws_code($$select tests.hold('address 11', 'family', 55, 1)$$, 'RATE_LIMIT_EXCEEDED', 'an address holds ten at most, whatever its sessions');
select set_config('request.headers', '{"x-forwarded-for": "203.0.113.10"}', false);
select lives_ok($$select tests.hold('address 11', 'family', 55, 1)$$, 'another address is another matter');
reset role;
select unalike(i.ip_hash, '%203%', 'addresses are stored hashed') from lodging.booking_intents as i where i.ip_hash is not null limit 1;

-- the price
update lodging.availability_calendar set discounted_price = 9001 where date = tests.night(21) and unit_id = tests.id('double');
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.05'), ('lodging.fee_amount', 'URB', '250');
insert into lodging.commission_tiers (city_code, property_id, commission_rate, effective_from, effective_to) values
  ('URB', tests.id('house'), 0.10, '2030-05-01', null), ('URB', tests.id('house'), 0.01, '2029-01-01', '2030-04-30');
select tests.as_anon();
select is(tests.hold('ivo', 'double', 20, 2) -> 'price_breakdown',
  '{"base_price": 20000, "discount": 999, "taxes": 950, "fees": 250, "total": 20201}',
  'taxes are taken on the discounted price, rounded half up, and the fee is added');
reset role;
select results_eq($$select i.commission_rate, o.platform_fee from lodging.booking_intents as i join payments.orders as o using (id) where i.id = (tests.intent('ivo')).id$$,
  'values (0.1000, 2020::bigint)', 'a property''s own commission that is valid today comes first');

-- the price that was shown
create function pg_temp.for_total(p_total bigint, p_nights integer default 2) returns jsonb language sql as $$
  select pg_temp.try(jsonb_build_object('session_id', tests.session('uma'), 'unit_id', tests.id('double'), 'expected_total', p_total,
    'check_in', tests.night(20), 'check_out', tests.night(20 + p_nights)))
$$;
create function pg_temp.refusal(p_sql text) returns jsonb language plpgsql as $$
declare
  v_detail text;
begin
  execute p_sql;
  return null;
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail::jsonb;
end $$;
select lodging.end_intent(tests.intent('ivo'), 'cancelled');
select tests.as_anon();
select is(pg_temp.refusal('select pg_temp.for_total(20200)'), '{"code": "PRICE_CHANGED", "expected_total": 20200, "total_amount": 20201, "currency": "BRL"}',
  'who expects another total gets both');
reset role;
select is((tests.intent('uma')).id, null, 'and holds nothing');
select is(tests.nights('double', 20, 2), '0/0 0/0', 'no night either');
select tests.as_anon();
select is(pg_temp.for_total(20201) ->> 'total_amount', '20201', 'who expects the price gets it');
select is(pg_temp.for_total(20201), pg_temp.for_total(null), 'what is expected does not make another request');
reset role;
update lodging.availability_calendar set discounted_price = null;
select tests.as_anon();
select is(pg_temp.for_total(20201) ->> 'total_amount', '20201', 'a price that was given is kept while the hold lasts');
select tests.throws_code('select pg_temp.for_total(21250)', 'PRICE_CHANGED', 'also against who expects the new one');
reset role;
select is((tests.intent('uma')).status, 'intent_created', 'a refusal ends nothing');
update lodging.availability_calendar set discounted_price = 9001 where date = tests.night(21) and unit_id = tests.id('double');

-- the terms
insert into lodging.cancellation_policies (id, city_code, property_id, policy_type) values
  (tests.id('strict'), 'URB', tests.id('house'), 'strict');
select tests.as_anon();
select lives_ok($$select tests.hold('joe', 'family', 25)$$);
reset role;
select is((tests.intent('joe')).cancellation_policy_id, tests.id('strict'), 'a property''s own cancellation terms come before the city''s');
insert into lodging.cancellation_policies (id, city_code, property_id, policy_type, is_active) values
  (tests.id('flexible'), 'URB', tests.id('house'), 'flexible', false);
update lodging.cancellation_policies set is_active = id = tests.id('flexible') where property_id = tests.id('house') and id = tests.id('strict');
insert into lodging.rate_plans (id, property_id, code, name, cancellation_policy_id) values (tests.id('plan'), tests.id('house'), 'FLEX', 'Flexible', tests.id('flexible'));
update lodging.cancellation_policies set is_active = true where id = tests.id('flexible');
select tests.as_anon();
select lives_ok($$select pg_temp.try(jsonb_build_object('session_id', tests.session('kim'), 'rate_plan_id', tests.id('plan'), 'check_in', '2030-06-20', 'check_out', '2030-06-22'))$$);
reset role;
select is((tests.intent('kim')).cancellation_policy_id, tests.id('flexible'), 'and a rate plan''s before both');

-- a rate plan's nights
insert into lodging.rate_plans (id, property_id, code, name, percent_change) values (tests.id('saver'), tests.id('house'), 'NRF', 'Non-refundable', -20);
insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, min_stay) values (tests.id('saver'), tests.id('family'), '2030-06-24', tests.id('house'), 3);
create function pg_temp.in_plan(p_check_out date) returns jsonb language sql as $$
  select pg_temp.try(jsonb_build_object('session_id', tests.session('lia'), 'rate_plan_id', tests.id('saver'), 'check_in', '2030-06-24', 'check_out', p_check_out))
$$;
select tests.as_anon();
select is(pg_temp.refusal($$select pg_temp.in_plan('2030-06-26')$$) -> 'rules', '[{"rule": "min_stay", "date": "2030-06-24", "limit": 3}]', 'a rate plan may ask for longer stays');
select is(pg_temp.in_plan('2030-06-27') -> 'price_breakdown', '{"base_price": 45000, "discount": 9000, "taxes": 1800, "fees": 250, "total": 38050}', 'and has its own price');
reset role;
select is((tests.intent('lia')).rate_plan_id, tests.id('saver'), 'by which the stay was sold');

-- for nothing
update lodging.availability_calendar set base_price = 0 where unit_id = tests.id('double') and date >= tests.night(35);
insert into core.settings (key, city_code, value) values ('lodging.fee_amount', 'ALL', '0') on conflict (key, city_code) do nothing;
update core.settings set value = '0' where key = 'lodging.fee_amount';
select tests.as_anon();
create temp table free as select tests.hold('leo', 'double', 36) as body;
select is(body ->> 'status', 'payment_confirmed', 'a stay that costs nothing is confirmed without a payment') from free;
select is(tests.hold('leo', 'double', 36), body, 'once') from free;
reset role;
select is((tests.stay('leo')).status, 'host_commit_pending', 'it is on its way to the Host');
select is(tests.nights('double', 36, 3), '1/0 1/0 1/0', 'and its nights are booked');

select is_empty('select tests.wrong_nights()', 'at the end every counter is what the intents and reservations say');
select * from finish();
rollback;
