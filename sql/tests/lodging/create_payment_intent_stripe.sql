begin;
select plan(8);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10, traveler => '{"email": "ana@mail.example"}'), tests.hold('bia', 'family', 10);

-- clients
select tests.as_anon();
select throws_ok($$select api.create_payment_intent_stripe(tests.id('x'), tests.session('ana'))$$, '42501', null, 'a guest cannot prepare a payment by himself');

-- the bridge, for the guest
select tests.authenticate_as_service_role();
create temp table request as select api.create_payment_intent_stripe((tests.intent('ana')).id, tests.session('ana'), 'pm_card_visa', 'ann@mail.example') as body;
select is(body - array['payment_id', 'idempotency_key', 'metadata'], jsonb_build_object('booking_id', (tests.intent('ana')).id, 'attempt_no', 1,
  'amount', 45000, 'currency', 'brl', 'payment_intent_id', null, 'description', 'House, Family, 2030-05-11 to 2030-05-14',
  'capture_method', 'automatic', 'payment_method_id', 'pm_card_visa', 'customer_email', 'ann@mail.example'), 'the request to Stripe is complete') from request;
select is(api.create_payment_intent_stripe((tests.intent('ana')).id, tests.session('ana'), 'pm_card_visa', 'ann@mail.example'), body, 'again it is the same') from request;
select lives_ok($$select api.create_payment_intent_stripe((tests.intent('bia')).id, tests.session('bia'), null, 'Bia@Mail.Example')$$);
reset role;
select results_eq($$select t.email from lodging.travelers as t order by t.created_at$$, array['ana@mail.example', 'bia@mail.example'],
  'an address given with the payment becomes the traveler''s, where there is none yet');
select tests.authenticate_as_service_role();
select tests.throws_code($$select api.create_payment_intent_stripe((tests.intent('ana')).id, tests.session('bia'))$$, 'BOOKING_INTENT_NOT_FOUND', 'another guest''s intent does not exist');
select tests.throws_code($$select api.create_payment_intent_stripe(null, tests.session('bia'))$$, 'MISSING_REQUIRED_FIELD');
select tests.freeze_time('2030-05-01 12:40+00');
select tests.throws_code($$select api.create_payment_intent_stripe((tests.intent('ana')).id, tests.session('ana'))$$, 'BOOKING_INTENT_EXPIRED', 'past its time an intent cannot be paid');

reset role;
select * from finish();
rollback;
