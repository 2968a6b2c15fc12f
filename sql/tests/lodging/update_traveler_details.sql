begin;
select plan(14);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.tell(p_name text, p_traveler jsonb) returns jsonb language sql as $$
  select api.update_traveler_details((tests.intent(p_name)).id, tests.session(p_name), p_traveler)
$$;
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10);

-- the guest
select tests.as_anon();
select is(pg_temp.tell('ana', '{"first_name": "Ana", "email": " Ana@Mail.Example "}'), jsonb_build_object('booking_intent_id', (tests.intent('ana')).id,
  'traveler', '{"first_name": "Ana", "last_name": null, "email": "ana@mail.example", "phone": null}'::jsonb), 'a guest says who stays');
select is(pg_temp.tell('ana', '{"last_name": "Silva", "email": null}') -> 'traveler',
  '{"first_name": "Ana", "last_name": "Silva", "email": "ana@mail.example", "phone": null}', 'and adds to it');
select lives_ok($$select pg_temp.tell('bia', '{"first_name": "Bia", "email": "ana@mail.example"}')$$);
reset role;
select results_eq('select first_name from lodging.travelers order by created_at', array['Ana', 'Bia'], 'the same address makes nobody the same');
select tests.as_anon();
select tests.throws_code($$select api.update_traveler_details((tests.intent('ana')).id, tests.session('bia'), '{}')$$, 'BOOKING_INTENT_NOT_FOUND', 'others cannot');
select tests.throws_code($$select pg_temp.tell('ana', null)$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select pg_temp.tell('ana', '{"email": "nobody"}')$$, 'INVALID_PARAMETER');
select tests.throws_code($$select pg_temp.tell('ana', '{"auth_user_id": "x"}')$$, 'INVALID_PARAMETER', 'who one is cannot be said, only proven');

-- a customer, and a guest who finds his session
reset role;
select tests.create_supabase_user('gil');
select tests.authenticate_as('gil');
select lives_ok($$select tests.hold('gil', 'family', 20)$$);
select lives_ok($$select pg_temp.tell('gil', '{"first_name": "Gil"}')$$);
select tests.as_anon();
select lives_ok($$select pg_temp.tell('gil', '{"first_name": "Mallory"}')$$);
reset role;
select is((select first_name from lodging.travelers where auth_user_id = tests.get_supabase_uid('gil')), 'Gil',
  'nobody but a customer changes what is known of him');

-- too late
select tests.pay_stay('ana');
select tests.as_anon();
select tests.throws_code($$select pg_temp.tell('ana', '{"first_name": "Eve"}')$$, 'PAYMENT_ALREADY_PROCESSED', 'what has gone to the Host stays');
select tests.freeze_time('2030-05-01 12:15+00');
select tests.throws_code($$select pg_temp.tell('bia', '{"first_name": "Eve"}')$$, 'BOOKING_INTENT_EXPIRED', 'past its time an intent is over');

reset role;
select * from finish();
rollback;
