begin;
select plan(5);

select tests.freeze_time('2030-05-03 12:00+00');
select is(analytics.gauges(), '{}', 'where nothing happened there is no rate');
select tests.authenticate_as_service_role();
select ok(api.metrics() ? 'core_commands_dead', 'and other modules are asked all the same');
reset role;
insert into analytics.funnel_events (event_name, event_timestamp)
select e.name, '2030-05-03 12:00+00'::timestamptz - e.ago::interval
from (values
  ('host_commit_succeeded', '1 hour', 3), ('host_commit_failed', '23 hours', 1), ('payment_succeeded', '1 hour', 2), ('payment_failed', '1 hour', 1),
  ('reservation_confirmed', '1 hour', 4), ('host_commit_failed', '25 hours', 7)) as e (name, ago, times)
cross join lateral generate_series(1, e.times);
select is(analytics.gauges(), '{"host_commit_success_percent": 75.00, "payment_success_percent": 66.67, "exception_percent": 25.00}',
  'rates are of the last day');
select tests.authenticate_as_service_role();
select is(api.metrics() -> 'analytics_exception_percent', '25.00', 'and are shown to operators');
select tests.as_anon();
select throws_ok('select analytics.gauges()', '42501', null, 'but not to clients');

select * from finish();
rollback;
