begin;
select plan(16);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.poll(p_name text) returns jsonb language sql as $$
  select api.poll_payment_status((tests.intent(p_name)).id, tests.session(p_name)) - 'booking_intent_id'
$$;
create function pg_temp.pays(p_name text, p_method text, p_status text, p_failure text default null) returns void language sql as $$
  insert into payments.payments (booking_id, city_code, method, provider, status, amount, currency, failure_message)
  select i.id, 'URB', p_method::payments.payment_method, 'stripe', 'pending', i.total_amount, 'BRL', p_failure from tests.intent(p_name) as i;
  update payments.payments set status = p_status::payments.payment_status where id = (tests.stay_payment(p_name)).id and p_status <> 'pending'
$$;
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10), tests.hold('carla', 'family', 10);

-- the guest
select tests.as_anon();
select is(api.poll_payment_status((tests.intent('ana')).id, tests.session('ana')),
  jsonb_build_object('booking_intent_id', (tests.intent('ana')).id, 'status', 'intent_created'), 'before paying there is only a status');
select tests.as_anon(tests.session('ana'));
select is(api.poll_payment_status((tests.intent('ana')).id) ->> 'status', 'intent_created', 'the session may come as a header');
reset role;
select tests.start_stay('ana');
select tests.as_anon();
select is(pg_temp.poll('ana'), '{"status": "payment_pending", "payment_status": "pending", "payment_method": "stripe_card"}', 'a started payment is pending');
reset role;
select tests.stripe_says('ana', 'processing');
select is(pg_temp.poll('ana') ->> 'payment_status', 'processing', 'then processing');
select tests.stripe_says('ana', 'succeeded');
select is(pg_temp.poll('ana'), '{"status": "payment_confirmed", "payment_status": "succeeded", "payment_method": "stripe_card"}',
  'a reservation is, to the guest, a confirmed payment');
select tests.host_says('ana', 'lodging.commit_booking', null);
select tests.refund_says('ana', 'succeeded');
select is(pg_temp.poll('ana') ->> 'payment_status', 'succeeded', 'a refunded payment did succeed');

select pg_temp.pays('bia', 'stripe_pix', 'failed', 'The bank said no.');
select is(pg_temp.poll('bia'), '{"status": "intent_created", "payment_status": "failed", "payment_method": "stripe_pix", "error_message": "The bank said no."}',
  'a failure has its reason');
select pg_temp.pays('bia', 'stripe_checkout', 'authorized');
select is(pg_temp.poll('bia') - 'status', '{"payment_status": "processing", "payment_method": "stripe_checkout"}', 'the last payment counts, and an authorisation is on its way');
select pg_temp.pays('carla', 'stripe_card', 'cancelled');
select is(pg_temp.poll('carla') ->> 'payment_status', 'failed', 'a payment that was called off has failed');

-- somebody else
select tests.as_anon();
select tests.throws_code($$select api.poll_payment_status((tests.intent('ana')).id, tests.session('bia'))$$, 'BOOKING_INTENT_NOT_FOUND', 'another guest''s intent does not exist');
select tests.throws_code($$select api.poll_payment_status((tests.intent('ana')).id)$$, 'BOOKING_INTENT_NOT_FOUND', 'nor one without a session');
select tests.throws_code($$select api.poll_payment_status(tests.id('x'), tests.session('ana'))$$, 'BOOKING_INTENT_NOT_FOUND', 'nor one that is not there');
select tests.throws_code($$select api.poll_payment_status(null, tests.session('ana'))$$, 'MISSING_REQUIRED_FIELD');

-- a customer
reset role;
select tests.create_supabase_user('gil'), tests.create_supabase_user('hal');
select tests.authenticate_as('gil');
select is(tests.hold('gil') ->> 'status', 'intent_created', 'a customer may book');
select is(api.poll_payment_status((tests.intent('gil')).id) ->> 'status', 'intent_created', 'and poll without the session');
select tests.authenticate_as('hal');
select tests.throws_code($$select api.poll_payment_status((tests.intent('gil')).id)$$, 'BOOKING_INTENT_NOT_FOUND', 'another customer''s intent does not exist');

reset role;
select * from finish();
rollback;
