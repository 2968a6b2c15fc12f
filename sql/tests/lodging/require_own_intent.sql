begin;
select plan(17);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_supabase_user('gil');
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10);
select tests.authenticate_as('gil');
select tests.hold('gil', 'family', 10);
reset role;
select set_config('request.jwt.claims', '{}', true), set_config('request.headers', '{}', true);

-- whose it is
select lives_ok($$select lodging.require_own_intent((tests.intent('ana')).id, tests.session('ana'))$$, 'a session proves its own intent');
select tests.throws_code($$select lodging.require_own_intent((tests.intent('ana')).id, tests.session('bia'))$$, 'BOOKING_INTENT_NOT_FOUND', 'and no other');
select tests.throws_code($$select lodging.require_own_intent((tests.intent('ana')).id, null)$$, 'BOOKING_INTENT_NOT_FOUND', 'no session proves nothing');
select tests.throws_code($$select lodging.require_own_intent(null, tests.session('ana'))$$, 'MISSING_REQUIRED_FIELD');
select is((lodging.lock_own_intent((tests.intent('ana')).id, tests.session('ana'))).id, (tests.intent('ana')).id, 'one''s own can be locked');
select tests.throws_code($$select lodging.lock_own_intent((tests.intent('ana')).id, tests.session('bia'))$$, 'BOOKING_INTENT_NOT_FOUND', 'others'' cannot');
select is((lodging.lock_intent(tests.id('x'))).id, null, 'what is not there is null');
select is((lodging.lock_reservation(tests.id('x'))).id, null, 'of either kind');

-- all of the caller's
select is(lodging.own_bookings(), '{}', 'nobody has no stays');
select set_config('request.headers', jsonb_build_object('x-session-id', tests.session('ana'))::text, true);
select is(lodging.own_bookings(), array[(tests.intent('ana')).id], 'a session has its own');
select set_config('request.jwt.claims', jsonb_build_object('sub', tests.get_supabase_uid('gil'))::text, true);
select set_eq('select unnest(lodging.own_bookings())', $$values ((tests.intent('ana')).id), ((tests.intent('gil')).id)$$, 'a customer has his, and his session''s');

-- whether it is open
select set_config('request.jwt.claims', '{}', true), set_config('request.headers', '{}', true);
select lives_ok($$select lodging.require_open(tests.intent('ana'))$$, 'an intent within its time is open');
select tests.pay_stay('bia');
select tests.throws_code($$select lodging.require_open(tests.intent('bia'))$$, 'PAYMENT_ALREADY_PROCESSED', 'a paid one is not');
select tests.freeze_time('2030-05-01 12:15+00');
select tests.throws_code($$select lodging.require_open(tests.intent('ana'))$$, 'BOOKING_INTENT_EXPIRED', 'nor one past its time');

-- whether it is shown
select lives_ok($$select lodging.require_published(tests.id('double'), tests.id('house'))$$, 'a published unit is shown');
select tests.throws_code($$select lodging.require_published(tests.id('double'), tests.id('x'))$$, 'NOT_FOUND', 'under its own property');
update lodging.unit_map set is_active = false where id = tests.id('double');
select tests.throws_code($$select lodging.require_published(tests.id('double'))$$, 'NOT_FOUND', 'while it is sold');

select * from finish();
rollback;
