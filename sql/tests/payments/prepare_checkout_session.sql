begin;
select plan(29);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.order_toy('car');
select tests.order_toy('doll', subject => 'user_ada');
update toys.sales set pay_by = '2030-05-01 12:40:00.9+00' where id = tests.id('car');
create function pg_temp.prepare(name text, success_url text default 'https://shop.example/paid', cancel_url text default null)
returns jsonb language sql as $$
  select payments.prepare_checkout_session(tests.id(name), tests.session(name), success_url, cancel_url)
$$;
create function pg_temp.closing(name text, after interval) returns timestamptz language sql as $$
  update toys.sales set pay_by = '2030-05-01 12:00+00'::timestamptz + after where id = tests.id(name);
  select to_timestamp((pg_temp.prepare(name) -> 'expires_at')::double precision)
$$;

-- the service, for a guest
select tests.authenticate_as_service_role();
create temporary table asked as
  select api.create_checkout_session(
    tests.id('car'), tests.session('car'), 'https://shop.example/paid?s={CHECKOUT_SESSION_ID}', 'https://shop.example/back') as r;
reset role;
select is(
  (select r - 'payment_id' - 'metadata' - 'idempotency_key' from asked),
  jsonb_build_object('booking_id', tests.id('car'), 'attempt_no', 1, 'amount', 10000, 'currency', 'brl', 'checkout_session_id', null,
    'description', 'A toy', 'capture_method', 'automatic', 'success_url', 'https://shop.example/paid?s={CHECKOUT_SESSION_ID}',
    'cancel_url', 'https://shop.example/back', 'pay_by', '2030-05-01T12:40:00.9+00:00'::timestamptz,
    'expires_at', extract(epoch from '2030-05-01 12:40+00'::timestamptz)::bigint),
  'the service gets what to ask of the provider; the page closes when the line gives the order up');
select is(
  (select r -> 'metadata' from asked),
  jsonb_build_object('payment_id', (tests.payment_of('car', 'stripe_checkout')).id, 'booking_id', tests.id('car'), 'product_line', 'toys',
    'city_code', 'URB'),
  'with our ids for the provider to keep');
select is(
  (select r ->> 'idempotency_key' from asked), (tests.payment_of('car', 'stripe_checkout')).id || ':1', 'its key names payment and attempt');
select is(
  payments.provider_request(tests.payment_of('car', 'stripe_checkout')),
  (select r - array['checkout_session_id', 'success_url', 'cancel_url', 'pay_by', 'expires_at'] from asked),
  'most of it is what every provider is told of a payment');
select is(
  api.create_checkout_session(
    tests.id('car'), tests.session('car'), 'https://shop.example/paid?s={CHECKOUT_SESSION_ID}', 'https://shop.example/back'),
  (select r from asked), 'asking again asks the same');

-- until when
select is(payments.pay_by(tests.id('car')), '2030-05-01 12:40:00.9+00', 'the line says until when an order can be paid');
select is(pg_temp.closing('car', interval '2 hours'), '2030-05-01 14:00+00', 'so long the page is open');
select is(pg_temp.closing('car', interval '10 minutes'), '2030-05-01 12:31+00', 'but no shorter than the provider allows');
select is(pg_temp.closing('car', interval '3 days'), '2030-05-02 11:00+00', 'nor longer');
select is(pg_temp.closing('car', null), '2030-05-02 11:00+00', 'also where the line waits for ever');

-- addresses
select lives_ok(format('select pg_temp.prepare(''car'', %L)', url), url || ' is a page')
from unnest(array['http://localhost:3000/paid', 'http://127.0.0.1/paid', 'http://[::1]:80', 'https://shop.example:8443?paid=1#top']) as url;
select tests.throws_code(format('select pg_temp.prepare(''car'', %L)', url), 'INVALID_PARAMETER', left(url, 40) || ' is none')
from unnest(array['http://shop.example/paid', 'http://localhost.shop.example/', 'https://ada@shop.example/', 'https://', 'javascript:alert(1)',
  'https://shop.example/a b', e'https://shop.example/\nhttps://shop.example/', 'https://shop.example/' || repeat('x', 2000)]) as url;
select tests.throws_code($$select pg_temp.prepare('car', cancel_url => 'back')$$, 'INVALID_PARAMETER', 'the way back is a page, too');
select lives_ok($$select payments.require_page('cancel_url', null)$$, 'but there need not be one');
select tests.throws_code($$select pg_temp.prepare('car', null)$$, 'MISSING_REQUIRED_FIELD', 'there must be somewhere to go on to');

-- whose order it is
select tests.authenticate_as_service_role();
select set_config('request.jwt.claims', '{"sub": "user_ada", "role": "authenticated"}', true);
select is(
  api.create_checkout_session(tests.id('doll'), p_success_url => 'https://shop.example/') ->> 'booking_id', tests.id('doll')::text,
  'customers pay with their claims');
select tests.throws_code(
  $$select api.create_checkout_session(tests.id('car'), p_success_url => 'https://shop.example/')$$, 'FORBIDDEN',
  'another customer''s claims do not do');

-- everybody else
select tests.as_anon(tests.session('car'));
select throws_ok($$select api.create_checkout_session(tests.id('car'))$$, '42501', null, 'guests cannot call it');
select tests.as_staff('admin');
select throws_ok($$select api.create_checkout_session(tests.id('car'))$$, '42501', null, 'nor staff');
reset role;

select * from finish();
rollback;
