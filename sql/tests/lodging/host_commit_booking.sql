begin;
select plan(12);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana');
select tests.pay_stay('ana');
create function pg_temp.commits() returns bigint language sql as
  $$select count(*) from core.outbox where topic = 'lodging.commit_booking' and status = 'pending'$$;
grant execute on function pg_temp.commits() to service_role;

-- clients
select tests.as_anon();
select throws_ok($$select api.host_commit_booking(tests.id('x'))$$, '42501', null, 'a guest cannot commit');

-- the system
select tests.authenticate_as_service_role();
select is(api.host_commit_booking((tests.intent('ana')).id), jsonb_build_object('reservation_id', (tests.intent('ana')).id,
  'status', 'host_commit_pending'), 'a commit that waits is said to wait');
reset role;
select is(pg_temp.commits(), 1::bigint, 'and not queued again');
select core.call_off_commands('lodging.commit_booking', (tests.intent('ana')).id);
select is(pg_temp.commits(), 0::bigint, 'a command that nobody carries out can be called off');
select tests.authenticate_as_service_role();
select is(api.host_commit_booking((tests.intent('ana')).id, 2) ->> 'status', 'host_commit_pending', 'one that is not on its way');
reset role;
select is(pg_temp.commits(), 1::bigint, 'is queued');
select is((tests.stay('ana')).host_commit_attempts, 2, 'with the tries the caller counts');
select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H1"}');
select tests.authenticate_as_service_role();
select is(api.host_commit_booking((tests.intent('ana')).id), jsonb_build_object('reservation_id', (tests.intent('ana')).id,
  'host_booking_id', 'H1', 'status', 'confirmed'), 'one that is done is confirmed');
select tests.throws_code('select api.host_commit_booking(null)', 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.host_commit_booking(tests.id('x'), -1)$$, 'INVALID_PARAMETER');
select tests.throws_code($$select api.host_commit_booking(tests.id('x'))$$, 'NOT_FOUND');
reset role;
select is(pg_temp.commits(), 0::bigint, 'and not queued again');

select * from finish();
rollback;
