begin;
select plan(13);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();

-- clients
select tests.as_anon();
select throws_ok($$select api.finalize_reservation(tests.id('x'), tests.id('x'), 'succeeded')$$, '42501', null, 'a guest cannot finalize');
select tests.as_staff('admin');
select throws_ok($$select api.finalize_reservation(tests.id('x'), tests.id('x'), 'succeeded')$$, '42501', null, 'nor can staff');

-- the system
reset role;
select tests.hold('ana');
select tests.pay_stay('ana');
select tests.hold('bia', 'family');
select tests.start_stay('bia');
select tests.authenticate_as_service_role();
select is(api.finalize_reservation((tests.intent('ana')).id, (tests.stay_payment('ana')).id, 'succeeded'),
  jsonb_build_object('booking_intent_id', (tests.intent('ana')).id, 'reservation_id', (tests.intent('ana')).id,
    'confirmation_code', (tests.stay('ana')).confirmation_code, 'status', 'host_commit_pending'),
  'what is finalized is returned again');
select tests.throws_code($$select api.finalize_reservation((tests.intent('bia')).id, (tests.stay_payment('ana')).id, 'succeeded')$$,
  'INVALID_PARAMETER', 'another booking''s payment pays for nothing');
select tests.throws_code($$select api.finalize_reservation((tests.intent('bia')).id, (tests.stay_payment('bia')).id, 'succeeded')$$,
  'INVALID_PARAMETER', 'nor does one that has not succeeded, whatever the caller says');
select tests.throws_code($$select api.finalize_reservation((tests.intent('ana')).id, (tests.stay_payment('ana')).id, 'failed')$$,
  'INVALID_PARAMETER', 'only success is finalized');
select tests.throws_code($$select api.finalize_reservation(null, tests.id('x'), 'succeeded')$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.finalize_reservation(tests.id('x'), null, 'succeeded')$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.finalize_reservation(tests.id('x'), tests.id('x'), 'succeeded')$$, 'BOOKING_INTENT_NOT_FOUND');

-- a payment that was stored without its reservation
reset role;
update payments.payments set status = 'succeeded', amount_captured = amount where id = (tests.stay_payment('bia')).id;
select tests.authenticate_as_service_role();
select is(api.finalize_reservation((tests.intent('bia')).id, (tests.stay_payment('bia')).id, 'succeeded') ->> 'status', 'host_commit_pending',
  'what is paid and not finalized is finalized');
reset role;
select is(tests.nights('family', 10, 3), '1/0 1/0 1/0', 'its nights are booked');

-- and whose nights are gone
select tests.hold('carla', 'double', 20);
select tests.start_stay('carla');
select tests.freeze_time('2030-05-01 14:00+00');
select tests.hold('dora', 'double', 20);
update payments.payments set status = 'succeeded', amount_captured = amount where id = (tests.stay_payment('carla')).id;
select tests.authenticate_as_service_role();
select tests.throws_code($$select api.finalize_reservation((tests.intent('carla')).id, (tests.stay_payment('carla')).id, 'succeeded')$$,
  'INSUFFICIENT_INVENTORY', 'nights that are taken are not sold twice');

reset role;
select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
