begin;
select plan(16);

select tests.freeze_time('2030-05-03 03:30+00');
select tests.create_city('URB'), tests.create_city('ITA');
create function pg_temp.happen(p_event text, p_at timestamptz, p_session text default 's1', p_city text default 'URB') returns void language sql as $$
  insert into analytics.funnel_events (event_name, city_code, session_id, event_timestamp) values (p_event, p_city, p_session, p_at)
$$;
create function pg_temp.days() returns setof text language sql as $$
  select concat_ws(' ', s.city_code, s.date, s.searches, s.property_views) from analytics.kpi_daily_snapshots as s
  where s.searches + s.property_views > 0 order by s.city_code, s.date
$$;

-- in URB, three hours behind, it is half past midnight on the 3rd
select is((select c.timezone from core.cities as c where c.code = 'URB'), 'America/Sao_Paulo', 'a city has its own midnight');
select pg_temp.happen('search_performed', '2030-05-01 02:59:59+00'), pg_temp.happen('search_performed', '2030-05-01 03:00+00'),
  pg_temp.happen('search_performed', '2030-05-02 02:59:59+00'), pg_temp.happen('search_performed', '2030-05-02 03:00+00'),
  pg_temp.happen('search_performed', '2030-05-03 03:10+00'), pg_temp.happen('search_performed', '2030-05-01 12:00+00', 's1', 'ITA'),
  pg_temp.happen('property_viewed', '2030-05-01 12:00+00', 's1'), pg_temp.happen('property_viewed', '2030-05-01 12:00+00', 's1'),
  pg_temp.happen('property_viewed', '2030-05-01 12:00+00', 's2');
select tests.authenticate_as_service_role();
select is(api.tick('analytics.roll_up', 1), '{"job": "analytics.roll_up", "done": 1}', 'the job stops at its limit');
select is(api.daily_rollup_job() -> 'success', 'true', 'it may be called');
reset role;
select results_eq('select pg_temp.days()', array['ITA 2030-05-01 1 0', 'URB 2030-04-30 1 0', 'URB 2030-05-01 2 2'],
  'days end at midnight in their city, and are counted once they are over for an hour');
select tests.freeze_time('2030-05-03 04:00+00');
select is(analytics.tick_roll_up(100), 2, 'then each city has one day more');
select results_eq('select pg_temp.days()', array['ITA 2030-05-01 1 0', 'URB 2030-04-30 1 0', 'URB 2030-05-01 2 2', 'URB 2030-05-02 1 0'], 'the last one');
select is(analytics.tick_roll_up(100), 0, 'and then nothing is left');
select is((select s.searches from analytics.kpi_daily_snapshots as s where s.city_code = 'ITA' and s.date = '2030-05-02'), 0::bigint, 'a day without events counts as well');

select pg_temp.happen('search_performed', '2030-05-02 12:00+00');
select is(analytics.daily_rollup_job() -> 'days', '2', 'the job counts the last days again');
select results_eq('select pg_temp.days()', array['ITA 2030-05-01 1 0', 'URB 2030-04-30 1 0', 'URB 2030-05-01 2 2', 'URB 2030-05-02 2 0'], 'with what came late');
select analytics.daily_rollup_job();
select results_eq('select pg_temp.days()', array['ITA 2030-05-01 1 0', 'URB 2030-04-30 1 0', 'URB 2030-05-01 2 2', 'URB 2030-05-02 2 0'], 'once is like twice');

-- each column counts its event
select pg_temp.happen(e.name, '2030-05-03 12:00+00', 's' || g.i)
from (values ('search_performed', 1), ('property_viewed', 2), ('booking_intent_created', 3), ('payment_started', 4), ('payment_succeeded', 5),
    ('payment_failed', 6), ('host_commit_succeeded', 7), ('host_commit_failed', 8), ('reservation_confirmed', 9), ('reservation_cancelled', 10),
    ('refund_succeeded', 11), ('checkout_completed', 12)) as e (name, times)
cross join lateral generate_series(1, e.times) as g (i);
select analytics.roll_up('URB', '2030-05-03');
select results_eq(
  $$select s.searches, s.property_views, s.booking_intents, s.payments_started, s.payments_succeeded, s.payments_failed, s.host_commits_succeeded,
      s.host_commits_failed, s.reservations_confirmed, s.reservations_cancelled, s.refunds_succeeded, s.checkouts_completed
    from analytics.kpi_daily_snapshots as s where s.city_code = 'URB' and s.date = '2030-05-03'$$,
  'values (2::bigint, 2::bigint, 3::bigint, 4::bigint, 5::bigint, 6::bigint, 7::bigint, 8::bigint, 9::bigint, 10::bigint, 11::bigint, 12::bigint)',
  'each column counts its event');

select tests.as_staff('admin');
select throws_ok('select api.daily_rollup_job()', '42501', null, 'staff do not run jobs');
select tests.as_anon();
select throws_ok('select api.daily_rollup_job()', '42501', null, 'nor do guests');
select throws_ok('select analytics.tick_roll_up(1)', '42501', null, 'by any way');
select throws_ok($$select analytics.roll_up('URB', '2030-05-03')$$, '42501', null, 'at all');

select * from finish();
rollback;
