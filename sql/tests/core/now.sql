begin;
select plan(7);

select ok(
  core.now() between clock_timestamp() - interval '1 second' and clock_timestamp() + interval '1 second',
  'the business clock is the wall clock');
select isnt(core.now(), core.now(), 'and moves on within a transaction');

select set_config('reserve.test_now', '2030-01-01 12:00+00', true);
select ok(core.now() < '2030-01-01', 'a session cannot choose the time where no test clock is allowed');
select set_config('reserve.test_now', '', true);

select tests.freeze_time('2030-01-01 12:00+00');
select is(core.now(), '2030-01-01 12:00+00'::timestamptz, 'a test may stop the clock');
select tests.freeze_time('2030-01-01 12:00:01+00');
select is(core.now(), '2030-01-01 12:00:01+00'::timestamptz, 'and move it');
select tests.unfreeze_time();
select ok(core.now() < '2030-01-01', 'and let it go again');
select is(has_function_privilege('anon', 'core.now()', 'execute'), true, 'everybody may ask the time');

select * from finish();
rollback;
