begin;
select plan(11);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'double', 10), tests.hold('bia', 'double', 20), tests.hold('carla', 'double', 30);
create function pg_temp.cancel(p_name text) returns jsonb language sql as $$
  select api.cancel_booking_intent((tests.intent(p_name)).id, tests.session(p_name))
$$;

-- others
select tests.as_anon();
select tests.throws_code($$select api.cancel_booking_intent((tests.intent('ana')).id, tests.session('bia'))$$, 'BOOKING_INTENT_NOT_FOUND', 'a guest cannot cancel another guest''s stay');
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.cancel_booking_intent((tests.intent('ana')).id, null)$$, 'BOOKING_INTENT_NOT_FOUND', 'nor can staff');

-- the guest
select tests.as_anon();
select is(pg_temp.cancel('ana'), jsonb_build_object('booking_intent_id', (tests.intent('ana')).id, 'status', 'cancelled'), 'a guest gives up his hold');
select is(pg_temp.cancel('ana') ->> 'status', 'cancelled', 'twice is once');
reset role;
select is(tests.nights('double', 10, 3), '0/0 0/0 0/0', 'the nights are free again');
select tests.start_stay('bia');
select is(pg_temp.cancel('bia') ->> 'status', 'cancelled', 'also while he is paying');
select is((tests.stay_payment('bia')).status, 'cancelled', 'the payment is called off');
select tests.pay_stay('carla');
select tests.as_anon();
select tests.throws_code($$select pg_temp.cancel('carla')$$, 'PAYMENT_ALREADY_PROCESSED', 'a paid stay is a reservation');
select tests.throws_code($$select api.cancel_booking_intent(null, tests.session('carla'))$$, 'MISSING_REQUIRED_FIELD');
reset role;
select tests.hold('dora', 'double', 40);
select tests.freeze_time('2030-05-01 13:00+00');
select lodging.tick_expire_holds(10);
select is(pg_temp.cancel('dora') ->> 'status', 'expired', 'what is expired stays expired');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
