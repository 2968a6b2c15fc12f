begin;
select plan(17);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'double', 10);
select tests.hold('bia', 'family', 10);
select tests.start_stay('bia');
select tests.freeze_time('2030-05-01 12:05+00');
select tests.hold('carla', 'double', 20);

-- clients
select tests.as_anon();
select throws_ok($$select api.tick('lodging.expire_holds')$$, '42501', null, 'a guest runs no jobs');

-- the system
select tests.authenticate_as_service_role();
select is(api.tick('lodging.expire_holds'), '{"job": "lodging.expire_holds", "done": 0}', 'within their time holds are left alone');
select tests.freeze_time('2030-05-01 12:15+00');
select is(api.tick('lodging.expire_holds') ->> 'done', '1', 'at its end a hold is over');
reset role;
select is((tests.intent('ana')).status, 'expired', 'the intent is expired');
select is(tests.nights('double', 10, 3), '0/0 0/0 0/0', 'its nights are free');
select is((tests.intent('bia')).status, 'payment_pending', 'who is paying has more time');
select tests.freeze_time('2030-05-01 12:45+00');
select is(lodging.tick_expire_holds(1), 1, 'at most the limit is dealt with');
select is((tests.intent('carla')).status, 'expired', 'oldest first');
select is(lodging.tick_expire_holds(10), 1, 'then the rest');
select is((tests.stay_payment('bia')).status, 'cancelled', 'an open payment is called off');
select is((select count(*) from core.outbox as o where o.topic = 'payments.cancel_payment_intent' and o.booking_id = (tests.intent('bia')).id), 1::bigint,
  'and at the provider');
select is(lodging.tick_expire_holds(10), 0, 'nothing is expired twice');

-- what is paid stays
select tests.hold('dora', 'double', 30);
select tests.pay_stay('dora');
select tests.freeze_time('2030-05-02 12:00+00');
select is(lodging.tick_expire_holds(10), 0, 'a reservation does not expire');

-- one that cannot be expired
select tests.hold('eva', 'double', 40), tests.hold('fay', 'family', 40);
update lodging.availability_calendar set temp_holds = 0 where unit_id = tests.id('double') and date = '2030-06-12';
select tests.freeze_time('2030-05-03 12:00+00');
select is(lodging.tick_expire_holds(10), 1, 'one that fails does not stop the others');
select results_eq($$select (tests.intent('eva')).status::text, (tests.intent('fay')).status::text$$, $$values ('intent_created', 'expired')$$, 'it stays as it is');
select is((select e.detail - 'message' from core.exceptions as e where e.booking_id = (tests.intent('eva')).id),
  '{"action": "expire_intent", "sqlstate": "23514"}', 'and goes before a person');
update lodging.availability_calendar set temp_holds = 1 where unit_id = tests.id('double') and date = '2030-06-12';

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
