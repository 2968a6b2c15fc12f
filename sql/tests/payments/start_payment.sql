begin;
select plan(30);

select tests.order_toy('car');
select tests.order_toy('doll', subject => 'user_ada');
select tests.order_toy('nothing', 0);

-- a guest
select is((payments.start_payment(tests.id('car'), 'stripe_card', tests.session('car'))).status, 'pending', 'a guest starts to pay with the session that ordered');
select row_eq(
  $$select p.amount, p.currency, p.platform_fee, p.vendor_payout, p.provider, p.city_code, p.attempt_no from tests.payment_of('car') as p$$,
  row(10000::bigint, 'BRL'::text, 1500::bigint, 8500::bigint, 'stripe'::text, 'URB'::text, 1), 'the payment has the facts of the order');
select is(
  (payments.start_payment(tests.id('car'), 'stripe_card', tests.session('car'))).id, (tests.payment_of('car')).id,
  'starting again goes on with the open payment');
select is((select heard from toys.sales where id = tests.id('car')), '{started,started}', 'the line hears of each start');
select tests.throws_code(
  $$select payments.start_payment(tests.id('car'), 'stripe_card', 'another session 123')$$, 'FORBIDDEN',
  'another session cannot pay for it');
select tests.throws_code(
  $$select payments.start_payment(tests.id('car'), 'stripe_card')$$, 'FORBIDDEN', 'nor can nobody');
select tests.throws_code(
  $$select payments.start_payment(tests.id('car'), 'stripe_card', 'short')$$, 'INVALID_PARAMETER', 'a session has 16 characters at least');

-- a customer
select set_config('request.jwt.claims', '{"sub": "user_bob"}', true);
select tests.throws_code(
  $$select payments.start_payment(tests.id('doll'), 'stripe_card')$$, 'FORBIDDEN', 'another customer cannot pay for it');
select set_config('request.jwt.claims', '{"sub": "user_ada"}', true);
select is((payments.start_payment(tests.id('doll'), 'openpix')).provider, 'openpix', 'a customer pays by any method');
select is((payments.start_payment(tests.id('doll'), 'mercadopago_pix')).provider, 'mercadopago', 'whose provider is known');
select is((payments.start_payment(tests.id('doll'), 'credits')).provider, 'credits', 'credits too');
select set_config('request.jwt.claims', '', true);

-- another method
select is((tests.payment_of('doll', 'openpix')).status, 'cancelled', 'choosing another method cancels the first');
select is_empty($$select from core.outbox where booking_id = tests.id('doll')$$, 'where the provider knows nothing yet, it is not asked');
select payments.record_payment_intent((tests.payment_of('car')).id, tests.stripe_intent('car', 'requires_payment_method'));
select is((payments.start_payment(tests.id('car'), 'stripe_pix', tests.session('car'))).status, 'pending', 'also after the provider made its object');
select is((tests.payment_of('car')).status, 'cancelled', 'the card payment is cancelled');
select results_eq(
  $$select topic, payload, queue_key from core.outbox where booking_id = tests.id('car')$$,
  $$select 'payments.cancel_payment_intent', jsonb_build_object('payment_id', p.id, 'payment_intent_id', 'pi_car'), 'payment:' || p.id
    from tests.payment_of('car') as p$$,
  'and the provider is told to cancel its own');
create temporary table first_card as select (tests.payment_of('car')).id;
select isnt(
  (payments.start_payment(tests.id('car'), 'stripe_card', tests.session('car'))).id, (select id from first_card),
  'coming back to the card is a new payment');
select is((tests.payment_of('car', 'stripe_pix')).status, 'cancelled', 'and cancels the other method');

-- after a failure
select tests.hear('evt_1', 'payment_intent.payment_failed', tests.stripe_intent('car', 'requires_payment_method',
  '{"id": "pi_car2", "last_payment_error": {"code": "card_declined", "decline_code": "lost_card", "message": "No.", "charge": "ch_1"}}'));
select is((tests.payment_of('car')).failure_code, 'lost_card', 'a declined payment says why');
select row_eq(
  $$select p.status, p.attempt_no, p.failure_code, p.id = (tests.payment_of('car')).id
    from payments.start_payment(tests.id('car'), 'stripe_card', tests.session('car')) as p$$,
  row('pending'::payments.payment_status, 2, null::text, true), 'starting again is the next attempt of the same payment');

-- calling off
select is(payments.cancel_open_payments(tests.id('car'), 'the hold ran out'), 1, 'a line calls off what is open');
select is((tests.payment_of('car')).metadata, '{"cancelled_because": "the hold ran out"}', 'with its reason');
select is(payments.cancel_open_payments(tests.id('car'), 'again'), 0, 'once');
select payments.start_payment(tests.id('car'), 'stripe_card', tests.session('car'));
select payments.cancel_payment(tests.payment_of('car'), 'a test');
select is((tests.payment_of('car')).status, 'cancelled', 'one payment can be called off');

-- what cannot be paid
select tests.throws_code(
  $$select payments.start_payment(tests.id('nothing'), 'stripe_card', tests.session('nothing'))$$, 'PAYMENT_ALREADY_PROCESSED',
  'where nothing is to be paid, nothing can be started');
select tests.throws_code(
  $$select payments.start_payment(tests.id('unknown'), 'stripe_card', 'a session of a guest')$$, 'NOT_FOUND', 'nor for an unknown order');
select tests.throws_code(
  $$select payments.start_payment(null, 'stripe_card', 'a session of a guest')$$, 'MISSING_REQUIRED_FIELD', 'nor for none');
select tests.pay_toy('robot');
select tests.throws_code(
  $$select payments.start_payment(tests.id('robot'), 'stripe_pix', tests.session('robot'))$$, 'PAYMENT_ALREADY_PROCESSED',
  'a paid order cannot be paid again');
select tests.order_toy('broken');
update toys.sales set state = 'broken' where id = tests.id('broken');
select throws_ok(
  $$select payments.start_payment(tests.id('broken'), 'stripe_card', tests.session('broken'))$$, 'P0001', 'the toy is broken',
  'nor one whose line refuses');

set local role service_role;
select throws_ok(
  $$select payments.start_payment(tests.id('car'), 'stripe_card', 'a session of a guest')$$, '42501', null,
  'nobody starts a payment past the functions for it');

select * from finish();
rollback;
