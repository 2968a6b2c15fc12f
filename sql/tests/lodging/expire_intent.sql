begin;
select plan(11);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'double', 10), tests.hold('bia', 'family', 10), tests.hold('carla', 'family', 10);
select tests.start_stay('ana');
select tests.pay_stay('carla');
create function pg_temp.expire(p_name text) returns boolean language sql as $$select lodging.expire_intent((tests.intent(p_name)).id)$$;

select ok(not pg_temp.expire('bia'), 'an intent within its time is not expired');
select tests.freeze_time('2030-05-01 12:15+00');
select ok(pg_temp.expire('bia'), 'at its end it is');
select ok(not pg_temp.expire('bia'), 'once');
select ok(not pg_temp.expire('ana'), 'paying prolongs it');
select tests.freeze_time('2030-05-01 12:30+00');
select ok(pg_temp.expire('ana'), 'for half an hour');
select is((tests.stay_payment('ana')).status, 'cancelled', 'then the payment is called off');
select ok(not pg_temp.expire('carla'), 'what is paid does not expire');
select is((tests.intent('ana')).status_changed_at, '2030-05-01 12:30+00', 'the change is stamped');
select tests.throws_code($$select lodging.end_intent(tests.intent('carla'), 'expired')$$, 'INVALID_TRANSITION', 'a converted intent cannot be ended');
select tests.throws_code($$update lodging.booking_intents set status = 'intent_created' where id = (tests.intent('ana')).id$$, 'INVALID_TRANSITION', 'nor an ended one begin again, by any writer');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
