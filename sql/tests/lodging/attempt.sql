begin;
select plan(12);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10);
select tests.pay_stay('bia');

-- an action
select ok(not lodging.attempt('expire_intent', (tests.intent('ana')).id), 'an action that finds nothing to do says so');
select ok(lodging.attempt('time_out_reservation', (tests.intent('bia')).id), 'one that does its work, too');
select ok(not lodging.time_out_reservation((tests.intent('bia')).id), 'a reservation that waits no longer does not time out');
select ok(not lodging.convert_or_refund((tests.intent('ana')).id), 'an unpaid intent is neither converted nor refunded');

-- one that fails
create function lodging.break_something(p_booking_id uuid) returns boolean language plpgsql as $$
begin
  update lodging.booking_intents set utm_source = 'broken' where id = p_booking_id;
  perform core.raise('INTERNAL_ERROR');
end $$;
select ok(not lodging.attempt('break_something', (tests.intent('ana')).id), 'one that fails does not');
select is((tests.intent('ana')).utm_source, null, 'it leaves nothing behind');
select results_eq('select e.city_code, e.booking_id, e.detail from core.exceptions as e', $$select 'URB', (tests.intent('ana')).id,
  '{"action": "break_something", "sqlstate": "PT500", "message": "Something went wrong on our side."}'::jsonb$$, 'but a case for a person');

-- lodging.has_failed: until a person has seen to it, jobs leave the booking alone
select core.open_exception('lodging_job_failed', 'URB', (tests.intent('ana')).id, '{"action": "expire_intent"}');
select results_eq($$select lodging.has_failed('expire_intent', (tests.intent('ana')).id), lodging.has_failed('convert_or_refund', (tests.intent('ana')).id)$$,
  $$values (true, false)$$, 'an action that has failed is known');
select tests.freeze_time('2030-05-01 13:00+00');
select is(lodging.tick_expire_holds(1), 0, 'jobs do not try it again');
update core.exceptions as x set resolved_at = now(), resolved_by = 'somebody' where x.detail ->> 'action' = 'expire_intent';
select is(lodging.tick_expire_holds(1), 1, 'before somebody has seen to it');

-- one that fails at the end
create function lodging.break_the_books(p_booking_id uuid) returns boolean language plpgsql as $$
begin
  insert into ledger.ledger_transactions (type, city_code) values ('test', 'URB');
  return true;
end $$;
select ok(not lodging.attempt('break_the_books', (tests.intent('ana')).id), 'what would fail at commit fails here');

-- one that may succeed later
create function lodging.lose_a_race(p_booking_id uuid) returns boolean language plpgsql as $$
begin
  raise exception 'busy' using errcode = '40P01';
end $$;
select throws_ok($$select lodging.attempt('lose_a_race', (tests.intent('ana')).id)$$, '40P01', null, 'what passes by itself is left to the next run');

select * from finish();
rollback;
