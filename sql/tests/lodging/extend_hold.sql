begin;
select plan(7);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold(n, 'family', 10, traveler => '{"email": "guest@mail.example"}') from unnest(array['ana', 'bia', 'carla']) as n;
-- A payment by a method, as payments store it before they tell the line.
create function pg_temp.extend(p_name text, p_method payments.payment_method) returns void language plpgsql as $$
begin
  insert into payments.payments (booking_id, city_code, method, provider, amount, currency)
  select i.id, i.city_code, p_method, 'stripe', i.total_amount, i.currency from tests.intent(p_name) as i;
  perform lodging.extend_hold((tests.intent(p_name)).id, (tests.stay_payment(p_name)).id);
end $$;

select tests.freeze_time('2030-05-01 12:05+00');
select pg_temp.extend('ana', 'stripe_card');
select results_eq($$select (tests.intent('ana')).status::text, (tests.intent('ana')).expires_at$$,
  $$values ('payment_pending', '2030-05-01 12:35+00'::timestamptz)$$, 'paying takes half an hour');
select tests.hold('pia', 'family', 20, traveler => '{"email": "pia@mail.example"}');
select pg_temp.extend('pia', 'stripe_pix');
select is((tests.intent('pia')).expires_at, '2030-05-01 12:20+00', 'a PIX charge lives a quarter of an hour');
select pg_temp.extend('bia', 'stripe_checkout');
select is((tests.intent('bia')).expires_at, '2030-05-01 12:36+00', 'a hosted checkout a minute more');
select tests.freeze_time('2030-05-01 12:14:59+00');
select pg_temp.extend('carla', 'stripe_checkout');
select is((tests.intent('carla')).expires_at, '2030-05-01 12:45+00', 'but no hold lasts longer than forty-five minutes');

update core.settings set value = value || '{"payment": 60}' where key = 'lodging.hold_seconds';
select tests.hold('dora', 'double', 10, traveler => '{"email": "dora@mail.example"}');
select pg_temp.extend('dora', 'stripe_card');
select is((tests.intent('dora')).expires_at, '2030-05-01 12:29:59+00', 'beginning to pay never shortens a hold');

select tests.hold('eva', 'double', 20, traveler => '{"first_name": "Eva"}');
select tests.throws_code($$select pg_temp.extend('eva', 'stripe_card')$$, 'MISSING_REQUIRED_FIELD', 'nobody pays without an address for the confirmation');
select is((tests.intent('eva')).status, 'intent_created', 'who may not pay yet keeps the hold as it was');

select * from finish();
rollback;
