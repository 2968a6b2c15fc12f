-- What the database itself has announced, without what browsers tell.
create or replace view analytics.events with (security_invoker = true) as
select
  e.id, e.event_name, e.event_version, e.city_code, e.property_id, e.reservation_id, e.booking_intent_id, e.payment_id, e.event_data,
  e.event_timestamp, e.created_at
from analytics.funnel_events as e
where e.event_name not in ('search_performed', 'property_viewed') and e.event_name !~ '^ui\.';
comment on view analytics.events is 'Events of bookings, payments and refunds, in the order of their time.';
revoke all on analytics.events from public;
grant select on analytics.events to service_role;
