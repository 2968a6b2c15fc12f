-- The queries of the documents, word for word, on rows whose sums were worked out by hand.
begin;
select plan(8);

set local timezone = 'UTC';
select tests.create_city('URB'), tests.create_city('ITA');
create temporary table days as select current_date - 3 + time '12:00' as noon, now() - interval '1 hour' as just_now;
insert into analytics.funnel_events (event_name, city_code, session_id, event_data, event_timestamp)
select e.name, e.city, e.session, jsonb_strip_nulls(jsonb_build_object('payment_method', e.method)),
  coalesce(d.noon + e.since::interval, d.just_now)
from days as d, (values
  -- an hour ago
  ('search_performed', 'URB', 's1', null, null), ('search_performed', 'URB', 's1', null, null), ('search_performed', 'URB', 's2', null, null),
  ('property_viewed', 'URB', 's1', null, null), ('property_viewed', 'URB', 's1', null, null),
  ('booking_intent_created', 'URB', 's1', null, null), ('payment_started', 'URB', 's1', null, null),
  ('payment_succeeded', 'URB', 's1', 'stripe_card', null), ('reservation_confirmed', 'URB', 's1', null, null),
  ('search_performed', 'ITA', 's9', null, null),
  -- three days ago
  ('search_performed', 'URB', 's3', null, '0'), ('search_performed', 'URB', 's4', null, '0'), ('search_performed', 'URB', null, null, '0'),
  ('property_viewed', 'URB', 's3', null, '0'), ('property_viewed', 'URB', 's3', null, '0'), ('property_viewed', 'URB', 's4', null, '0'),
  ('booking_intent_created', 'URB', 's3', null, '0'), ('booking_intent_created', 'URB', 's3', null, '0'),
  ('payment_started', 'URB', 's3', null, '0'), ('payment_started', 'URB', 's3', null, '0'), ('payment_started', 'URB', 's4', null, '0'),
  ('payment_failed', 'URB', 's3', 'stripe_card', '0'), ('payment_succeeded', 'URB', 's3', 'stripe_card', '0'),
  ('payment_succeeded', 'URB', 's4', 'stripe_pix', '0'),
  ('host_commit_succeeded', 'URB', 's3', null, '10 minutes'), ('host_commit_failed', 'URB', 's4', null, '59 minutes'),
  ('host_commit_failed', 'URB', 's4', null, '59 minutes'),
  ('host_commit_succeeded', 'URB', 's5', null, '1 hour'), ('reservation_confirmed', 'URB', 's3', null, '0'),
  ('reservation_confirmed', 'URB', 's5', null, '1 hour'), ('reservation_confirmed', 'URB', 's6', null, '1 hour'),
  ('host_commit_failed', 'ITA', 's9', null, '0'), ('payment_failed', 'ITA', 's9', 'stripe_card', '0'),
  -- too long ago for some, and for all
  ('payment_failed', 'URB', 's7', 'stripe_pix', '-8 days'), ('host_commit_failed', 'URB', 's7', null, '-8 days'),
  ('payment_failed', 'URB', 's8', 'stripe_card', '-40 days'), ('search_performed', 'URB', 's8', null, '-40 days')
) as e (name, city, session, method, since);

create schema dashboard;
set local search_path = dashboard, analytics, public, tests;

-- 6.3: the daily funnel
-- noqa: disable=all
CREATE MATERIALIZED VIEW mv_daily_conversion_funnel AS
SELECT 
  DATE(event_timestamp) as date,
  city_code,
  
  -- Funnel counts
  COUNT(*) FILTER (WHERE event_name = 'search_performed') as searches,
  COUNT(DISTINCT session_id) FILTER (WHERE event_name = 'property_viewed') as property_views,
  COUNT(DISTINCT session_id) FILTER (WHERE event_name = 'booking_intent_created') as booking_intents,
  COUNT(*) FILTER (WHERE event_name = 'payment_started') as payment_started,
  COUNT(*) FILTER (WHERE event_name = 'payment_succeeded') as payment_succeeded,
  COUNT(*) FILTER (WHERE event_name = 'host_commit_succeeded') as host_commits_succeeded,
  COUNT(*) FILTER (WHERE event_name = 'reservation_confirmed') as reservations_confirmed,
  
  -- Derived rates
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'reservation_confirmed') * 100.0 / 
    NULLIF(COUNT(*) FILTER (WHERE event_name = 'search_performed'), 0), 2
  ) as search_to_booking_rate_percent,
  
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'payment_succeeded') * 100.0 / 
    NULLIF(COUNT(*) FILTER (WHERE event_name = 'payment_started'), 0), 2
  ) as payment_success_rate_percent,
  
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'host_commit_succeeded') * 100.0 / 
    NULLIF(COUNT(*) FILTER (WHERE event_name = 'payment_succeeded'), 0), 2
  ) as host_commit_success_rate_percent
  
FROM funnel_events
WHERE event_timestamp >= CURRENT_DATE - INTERVAL '30 days'
GROUP BY DATE(event_timestamp), city_code;
-- noqa: enable=all
select results_eq(
  $$select * from dashboard.mv_daily_conversion_funnel where city_code = 'URB' and property_views > 0 order by date desc$$,
  $$values
    ((select just_now::date from days), 'URB', 3::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint, 0::bigint, 1::bigint, 33.33, 100.00, 0.00),
    ((select noon::date from days), 'URB', 3, 2, 1, 3, 2, 2, 3, 100.00, 66.67, 100.00)$$,
  'each day counts searches and bookings, sessions that viewed and chose, and what became of them');
select is((select count(*) from dashboard.mv_daily_conversion_funnel where date < current_date - 30), 0::bigint, 'thirty days are shown');
refresh materialized view analytics.mv_daily_conversion_funnel;
select results_eq('select * from analytics.mv_daily_conversion_funnel order by date, city_code',
  'select * from dashboard.mv_daily_conversion_funnel order by date, city_code', 'ours is the same');
select is((select array_agg(attname order by attnum)::text from pg_attribute where attrelid = 'analytics.mv_daily_conversion_funnel'::regclass and attnum > 0),
  (select array_agg(attname order by attnum)::text from pg_attribute where attrelid = 'dashboard.mv_daily_conversion_funnel'::regclass and attnum > 0),
  'with the same columns');

-- 6.4.1
select results_eq(
$query$
SELECT 
  event_name,
  COUNT(DISTINCT session_id) as unique_users,
  COUNT(*) as total_events
FROM funnel_events
WHERE city_code = 'URB'
  AND event_timestamp >= NOW() - INTERVAL '24 hours'
  AND event_name IN (
    'search_performed', 
    'property_viewed', 
    'booking_intent_created', 
    'payment_started',
    'payment_succeeded',
    'reservation_confirmed'
  )
GROUP BY event_name
ORDER BY 
  CASE event_name
    WHEN 'search_performed' THEN 1
    WHEN 'property_viewed' THEN 2
    WHEN 'booking_intent_created' THEN 3
    WHEN 'payment_started' THEN 4
    WHEN 'payment_succeeded' THEN 5
    WHEN 'reservation_confirmed' THEN 6
  END
$query$,
  $$values ('search_performed', 2::bigint, 3::bigint), ('property_viewed', 1, 2), ('booking_intent_created', 1, 1), ('payment_started', 1, 1),
    ('payment_succeeded', 1, 1), ('reservation_confirmed', 1, 1)$$,
  'the funnel of a city now, in its order');

-- 6.4.2
select results_eq(
$query$
SELECT 
  DATE_TRUNC('hour', event_timestamp) as hour,
  COUNT(*) FILTER (WHERE event_name = 'host_commit_succeeded') as success,
  COUNT(*) FILTER (WHERE event_name = 'host_commit_failed') as failed,
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'host_commit_succeeded') * 100.0 / 
    NULLIF(
      COUNT(*) FILTER (WHERE event_name IN ('host_commit_succeeded', 'host_commit_failed')), 
      0
    ), 2
  ) as success_rate_percent
FROM funnel_events
WHERE city_code = 'URB'
  AND event_timestamp >= NOW() - INTERVAL '7 days'
  AND event_name IN ('host_commit_succeeded', 'host_commit_failed')
GROUP BY DATE_TRUNC('hour', event_timestamp)
ORDER BY hour DESC
$query$,
  $$values ((select noon at time zone 'UTC' + interval '1 hour' from days), 1::bigint, 0::bigint, 100.00),
    ((select noon at time zone 'UTC' from days), 1, 2, 33.33)$$,
  'how often the Host accepts, hour by hour');

-- 6.4.3
select set_eq(
$query$
SELECT 
  event_data->>'payment_method' as payment_method,
  COUNT(*) FILTER (WHERE event_name = 'payment_succeeded') as succeeded,
  COUNT(*) FILTER (WHERE event_name = 'payment_failed') as failed,
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'payment_succeeded') * 100.0 / 
    NULLIF(
      COUNT(*) FILTER (WHERE event_name IN ('payment_succeeded', 'payment_failed')), 
      0
    ), 2
  ) as success_rate_percent
FROM funnel_events
WHERE city_code = 'URB'
  AND event_timestamp >= NOW() - INTERVAL '30 days'
  AND event_name IN ('payment_succeeded', 'payment_failed')
GROUP BY event_data->>'payment_method'
$query$,
  $$values ('stripe_card', 2::bigint, 1::bigint, 66.67), ('stripe_pix', 1, 1, 50.00)$$,
  'payments by method');

-- 6.4.4
select set_eq(
$query$
SELECT 
  DATE_TRUNC('day', event_timestamp) as date,
  COUNT(*) FILTER (WHERE event_name = 'host_commit_failed') as failed_commits,
  COUNT(*) FILTER (WHERE event_name = 'reservation_confirmed') as confirmed,
  ROUND(
    COUNT(*) FILTER (WHERE event_name = 'host_commit_failed') * 100.0 / 
    NULLIF(COUNT(*) FILTER (WHERE event_name = 'reservation_confirmed'), 0), 2
  ) as exception_rate_percent
FROM funnel_events
WHERE city_code = 'URB'
  AND event_timestamp >= NOW() - INTERVAL '7 days'
GROUP BY DATE_TRUNC('day', event_timestamp)
HAVING COUNT(*) FILTER (WHERE event_name = 'reservation_confirmed') > 0
$query$,
  $$values ((select date_trunc('day', just_now) from days), 0::bigint, 1::bigint, 0.00),
    ((select date_trunc('day', noon at time zone 'UTC') from days), 2, 3, 66.67)$$,
  'failed commits per confirmed booking, day by day');

select * from finish();
rollback;
