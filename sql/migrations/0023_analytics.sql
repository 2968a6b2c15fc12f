-- squawk-ignore-file require-concurrent-index-creation
create schema analytics;
comment on schema analytics is 'What visitors do and what becomes of it: events, their sums per day, and the funnel from search to stay.';

create table analytics.funnel_events (
  id uuid primary key default core.new_id(),
  event_name text not null constraint event_name_is_known check (
    event_name in (
      'search_performed', 'property_viewed', 'booking_intent_created', 'payment_started', 'payment_succeeded', 'payment_failed',
      'host_commit_started', 'host_commit_succeeded', 'host_commit_failed', 'reservation_confirmed', 'reservation_cancelled',
      'refund_initiated', 'refund_succeeded', 'checkout_completed')
    or event_name ~ '^ui\.[a-z0-9_.]{1,97}$'),
  event_version text not null default '1.0',
  city_code text references core.cities (code) on delete restrict,
  property_id uuid,
  reservation_id uuid,
  unit_id uuid,
  booking_intent_id uuid,
  payment_id uuid,
  session_id text,
  visitor_id text,
  user_id uuid,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  utm_term text,
  user_agent text,
  ip_hash text,
  referrer text,
  page_path text,
  event_data jsonb not null default '{}',
  event_timestamp timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp()
);
comment on table analytics.funnel_events is 'What happened between a search and the end of a stay. Browsers tell of the first two events and of ui.*, the database of all others.';
comment on column analytics.funnel_events.session_id is 'A hash that analytics may read, of no use as a proof of identity.';
comment on column analytics.funnel_events.property_id is 'The listing of the order; like all ids here it is kept as it was told, without a foreign key.';
comment on column analytics.funnel_events.event_data is 'What is particular to the event. Amounts are in minor units, times in seconds.';
create index funnel_events_name on analytics.funnel_events (event_name, event_timestamp);
create index funnel_events_city on analytics.funnel_events (city_code, event_timestamp);
create index funnel_events_property on analytics.funnel_events (property_id, event_timestamp);
create index funnel_events_session on analytics.funnel_events (session_id, event_timestamp);
create index funnel_events_utm on analytics.funnel_events (utm_source, utm_medium, utm_campaign);
create index funnel_events_address on analytics.funnel_events (ip_hash, event_timestamp) where session_id is null;
create index funnel_events_time on analytics.funnel_events using brin (event_timestamp);

create table analytics.kpi_daily_snapshots (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  date date not null,
  searches bigint not null,
  property_views bigint not null,
  booking_intents bigint not null,
  payments_started bigint not null,
  payments_succeeded bigint not null,
  payments_failed bigint not null,
  host_commits_succeeded bigint not null,
  host_commits_failed bigint not null,
  reservations_confirmed bigint not null,
  reservations_cancelled bigint not null,
  refunds_succeeded bigint not null,
  checkouts_completed bigint not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint one_snapshot_per_city_and_day unique (city_code, date)
);
comment on table analytics.kpi_daily_snapshots is 'How often what happened on a day of a city, by its clock. property_views and booking_intents count sessions, the others events.';

create materialized view analytics.mv_daily_conversion_funnel as
select
  date(event_timestamp) as date,
  city_code,
  count(*) filter (where event_name = 'search_performed') as searches,
  count(distinct session_id) filter (where event_name = 'property_viewed') as property_views,
  count(distinct session_id) filter (where event_name = 'booking_intent_created') as booking_intents,
  count(*) filter (where event_name = 'payment_started') as payment_started,
  count(*) filter (where event_name = 'payment_succeeded') as payment_succeeded,
  count(*) filter (where event_name = 'host_commit_succeeded') as host_commits_succeeded,
  count(*) filter (where event_name = 'reservation_confirmed') as reservations_confirmed,
  round(
    count(*) filter (where event_name = 'reservation_confirmed') * 100.0
    / nullif(count(*) filter (where event_name = 'search_performed'), 0), 2) as search_to_booking_rate_percent,
  round(
    count(*) filter (where event_name = 'payment_succeeded') * 100.0
    / nullif(count(*) filter (where event_name = 'payment_started'), 0), 2) as payment_success_rate_percent,
  round(
    count(*) filter (where event_name = 'host_commit_succeeded') * 100.0
    / nullif(count(*) filter (where event_name = 'payment_succeeded'), 0), 2) as host_commit_success_rate_percent
from analytics.funnel_events
where event_timestamp >= current_date - interval '30 days'
group by date(event_timestamp), city_code;
comment on materialized view analytics.mv_daily_conversion_funnel is 'The funnel of the last thirty days, per day (UTC) and city; read by get_conversion_funnel.';
create unique index mv_daily_conversion_funnel_date on analytics.mv_daily_conversion_funnel (date, city_code) nulls not distinct;

create table analytics.refreshes (
  relation text primary key,
  refreshed_at timestamptz not null default '-infinity'
);
comment on table analytics.refreshes is 'When a materialized view was last brought up to date.';
insert into analytics.refreshes (relation) values ('mv_daily_conversion_funnel');

insert into core.settings (key, value, description) values
  ('analytics.events_per_minute', '120', 'How many events a client''s session, or its address where it has none, may tell of in a minute.'),
  ('analytics.keep_days', '400', 'Days for which events are kept; their sums per day stay.'),
  ('analytics.refresh_seconds', '900', 'How old the funnel of the last thirty days may become.');

insert into core.modules (name, position) values ('analytics', 220);
