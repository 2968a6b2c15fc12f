-- Count what happened on a day of a city, by the city's clock; again with the same result.
-- Who: daily_rollup_job, tick_roll_up. Locks: the snapshot.
create or replace function analytics.roll_up(p_city_code text, p_day date)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_zone constant text := (select c.timezone from core.cities as c where c.code = p_city_code);
begin
  insert into analytics.kpi_daily_snapshots as s (
    city_code, date, searches, property_views, booking_intents, payments_started, payments_succeeded, payments_failed,
    host_commits_succeeded, host_commits_failed, reservations_confirmed, reservations_cancelled, refunds_succeeded, checkouts_completed)
  select
    p_city_code, p_day,
    count(*) filter (where e.event_name = 'search_performed'),
    count(distinct e.session_id) filter (where e.event_name = 'property_viewed'),
    count(distinct e.session_id) filter (where e.event_name = 'booking_intent_created'),
    count(*) filter (where e.event_name = 'payment_started'),
    count(*) filter (where e.event_name = 'payment_succeeded'),
    count(*) filter (where e.event_name = 'payment_failed'),
    count(*) filter (where e.event_name = 'host_commit_succeeded'),
    count(*) filter (where e.event_name = 'host_commit_failed'),
    count(*) filter (where e.event_name = 'reservation_confirmed'),
    count(*) filter (where e.event_name = 'reservation_cancelled'),
    count(*) filter (where e.event_name = 'refund_succeeded'),
    count(*) filter (where e.event_name = 'checkout_completed')
  from analytics.funnel_events as e
  where e.city_code = p_city_code
    and e.event_timestamp >= p_day::timestamp at time zone v_zone
    and e.event_timestamp < (p_day + 1)::timestamp at time zone v_zone
  on conflict (city_code, date) do update set
    searches = excluded.searches, property_views = excluded.property_views, booking_intents = excluded.booking_intents,
    payments_started = excluded.payments_started, payments_succeeded = excluded.payments_succeeded,
    payments_failed = excluded.payments_failed, host_commits_succeeded = excluded.host_commits_succeeded,
    host_commits_failed = excluded.host_commits_failed, reservations_confirmed = excluded.reservations_confirmed,
    reservations_cancelled = excluded.reservations_cancelled, refunds_succeeded = excluded.refunds_succeeded,
    checkouts_completed = excluded.checkouts_completed;
end;
$$;
comment on function analytics.roll_up(text, date) is 'Writes the snapshot of a city''s day.';
revoke all on function analytics.roll_up(text, date) from public;
