begin;
select plan(23);

select tests.create_city('URB'), tests.create_city('ITA');
insert into analytics.funnel_events (event_name, city_code, session_id, event_timestamp)
select e.name, e.city, 's1', current_date - 1 + time '12:00'
from (values ('search_performed', 'URB'), ('search_performed', 'URB'), ('reservation_confirmed', 'URB'), ('search_performed', 'ITA')) as e (name, city);

-- the funnel
set local timezone = 'Pacific/Auckland';
select is(analytics.tick_refresh_funnel(100), 1, 'the funnel is refreshed');
select is(analytics.tick_refresh_funnel(100), 0, 'until it has grown old there is nothing to do');
insert into analytics.funnel_events (event_name, city_code, session_id) values ('search_performed', 'URB', 's2');
update analytics.refreshes set refreshed_at = core.now() - interval '900 s';
select is(analytics.tick_refresh_funnel(100), 1, 'then it is refreshed again');
set local timezone = 'UTC';
select tests.as_staff('agent', 'URB');
select is(jsonb_array_length(api.get_conversion_funnel('URB') -> 'days'), 2, 'staff see each day of their city');
select is(api.get_conversion_funnel('URB') #> '{days,1}', jsonb_build_object(
  'date', current_date - 1, 'searches', 2, 'property_views', 0, 'booking_intents', 0, 'payment_started', 0, 'payment_succeeded', 0,
  'host_commits_succeeded', 0, 'reservations_confirmed', 1, 'search_to_booking_rate_percent', 50.00,
  'payment_success_rate_percent', null, 'host_commit_success_rate_percent', null), 'by the clock of UTC, with its rates');
select tests.throws_code($$select api.get_conversion_funnel('ITA')$$, 'FORBIDDEN', 'and of no other');
select tests.throws_code($$select api.get_conversion_funnel()$$, 'MISSING_REQUIRED_FIELD', 'a city is needed');
select throws_ok('select from analytics.mv_daily_conversion_funnel', '42501', null, 'there is no way around it');
select tests.as_anon();
select throws_ok($$select api.get_conversion_funnel('URB')$$, '42501', null, 'guests see none');
select tests.create_supabase_user('carla'), tests.authenticate_as('carla');
select tests.throws_code($$select api.get_conversion_funnel('URB')$$, 'FORBIDDEN', 'nor do customers');
reset role;

-- days
select tests.freeze_time('2030-05-03 12:00+00');
insert into analytics.kpi_daily_snapshots (city_code, date, searches, property_views, booking_intents, payments_started, payments_succeeded,
  payments_failed, host_commits_succeeded, host_commits_failed, reservations_confirmed, reservations_cancelled, refunds_succeeded, checkouts_completed)
select c.code, d.date::date, extract(day from d.date), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
from (values ('URB'), ('ITA')) as c (code), generate_series('2030-04-02'::date, '2030-05-03', '1 day') as d (date);
select tests.as_staff('agent', 'URB');
select is(api.get_daily_kpis('URB', '2030-05-01', '2030-05-01'), jsonb_build_object('city_code', 'URB', 'from', '2030-05-01', 'to', '2030-05-01', 'days',
  jsonb_build_array(jsonb_build_object('date', '2030-05-01', 'searches', 1, 'property_views', 1, 'booking_intents', 2, 'payments_started', 3,
    'payments_succeeded', 4, 'payments_failed', 5, 'host_commits_succeeded', 6, 'host_commits_failed', 7, 'reservations_confirmed', 8,
    'reservations_cancelled', 9, 'refunds_succeeded', 10, 'checkouts_completed', 11))), 'staff see what happened on a day');
select is(api.get_daily_kpis('URB') - 'days', '{"city_code": "URB", "from": "2030-04-03", "to": "2030-05-02"}', 'or on the last thirty that are over');
select is(jsonb_array_length(api.get_daily_kpis('URB') -> 'days'), 30, 'each of them');
select is(api.get_daily_kpis('URB', '2031-01-01', '2031-01-02') -> 'days', '[]', 'there may be none');
select tests.throws_code($$select api.get_daily_kpis('URB', '2030-05-02', '2030-05-01')$$, 'INVALID_PARAMETER', 'dates are in order');
select tests.throws_code($$select api.get_daily_kpis('URB', '2029-01-01', '2030-05-01')$$, 'INVALID_PARAMETER', 'and a year apart at most');
select tests.throws_code($$select api.get_daily_kpis('URB', '-infinity', '2030-05-01')$$, 'INVALID_PARAMETER', 'nothing lasts for ever');
select tests.throws_code($$select api.get_daily_kpis('ITA')$$, 'FORBIDDEN', 'a city is one''s own');
select tests.throws_code($$select api.get_daily_kpis()$$, 'MISSING_REQUIRED_FIELD', 'and has to be named');
select tests.as_staff('admin');
select is(jsonb_array_length(api.get_daily_kpis('ITA') -> 'days'), 30, 'administrators see every city');
select tests.authenticate_as_service_role();
select tests.throws_code($$select api.get_daily_kpis('XXX')$$, 'INVALID_PARAMETER', 'that there is');
select tests.as_anon();
select throws_ok($$select api.get_daily_kpis('URB')$$, '42501', null, 'guests see none');
select throws_ok('select analytics.tick_refresh_funnel(1)', '42501', null, 'and refresh nothing');

select * from finish();
rollback;
