begin;
select plan(16);

select tests.order_toy('car');
select tests.order_toy('doll', subject => 'user_ada');

-- the service, for a guest
select tests.authenticate_as_service_role();
create temporary table asked as
  select api.create_payment_intent(tests.id('car'), tests.session('car'), 'pm_card_visa', 'ada@example.com') as r;
reset role;
select is(
  (select r - 'payment_id' - 'metadata' - 'idempotency_key' from asked),
  jsonb_build_object('booking_id', tests.id('car'), 'attempt_no', 1, 'amount', 10000, 'currency', 'brl', 'payment_intent_id', null,
    'description', 'A toy', 'capture_method', 'automatic', 'payment_method_id', 'pm_card_visa', 'customer_email', 'ada@example.com'),
  'the service gets what to ask of the provider');
select is(
  (select r -> 'metadata' from asked),
  jsonb_build_object('payment_id', (tests.payment_of('car')).id, 'booking_id', tests.id('car'), 'product_line', 'toys', 'city_code', 'URB'),
  'with our ids for the provider to keep');
select is((select r ->> 'payment_id' from asked), (tests.payment_of('car')).id::text, 'the payment is there');
select is((select r ->> 'idempotency_key' from asked), (tests.payment_of('car')).id || ':1', 'its key names payment and attempt');
select is(
  payments.prepare_payment_intent(tests.id('car'), tests.session('car')) ->> 'idempotency_key', (select r ->> 'idempotency_key' from asked),
  'asking again keeps the key');
select payments.record_payment_intent((tests.payment_of('car')).id, tests.stripe_intent('car', 'requires_payment_method'));
select is(
  payments.prepare_payment_intent(tests.id('car'), tests.session('car')) ->> 'payment_intent_id', 'pi_car',
  'what the provider made is named');
select tests.hear('evt_1', 'payment_intent.payment_failed', tests.stripe_intent('car', 'requires_payment_method',
  '{"last_payment_error": {"code": "card_declined", "message": "No.", "charge": "ch_1"}}'));
select is(
  payments.prepare_payment_intent(tests.id('car'), tests.session('car')) ->> 'idempotency_key', (tests.payment_of('car')).id || ':2',
  'after a failure the key is another');
update payments.orders set policy_snapshot = '{"capture_method": "manual"}' where id = tests.id('doll');

-- the service, for a customer
select tests.authenticate_as_service_role();
select set_config('request.jwt.claims', '{"sub": "user_ada", "role": "authenticated"}', true);
select is(api.create_payment_intent(tests.id('doll')) ->> 'capture_method', 'manual', 'an order''s terms may ask for capture by hand');
select set_config('request.jwt.claims', '{"sub": "user_bob", "role": "authenticated"}', true);
select tests.throws_code($$select api.create_payment_intent(tests.id('doll'))$$, 'FORBIDDEN', 'another customer''s claims do not do');
select tests.throws_code($$select api.create_payment_intent(tests.id('car'), 'another session 123')$$, 'FORBIDDEN', 'nor another session');
select tests.throws_code($$select api.create_payment_intent(tests.id('unknown'))$$, 'NOT_FOUND', 'the order has to exist');
select tests.throws_code(
  $$select api.create_payment_intent(tests.id('car'), tests.session('car'), 'pm; drop')$$, 'INVALID_PARAMETER', 'ids are ids');
select tests.throws_code(
  $$select api.create_payment_intent(tests.id('car'), tests.session('car'), null, 'nobody')$$, 'INVALID_PARAMETER', 'addresses are addresses');

-- everybody else
select tests.as_anon(tests.session('car'));
select throws_ok($$select api.create_payment_intent(tests.id('car'))$$, '42501', null, 'guests cannot call it');
select tests.as_staff('admin');
select throws_ok($$select api.create_payment_intent(tests.id('car'))$$, '42501', null, 'nor staff');
reset role;
select is((tests.payment_of('car')).status, 'pending', 'and nothing has changed');

select * from finish();
rollback;
