-- Keep an event of a booking, with what its order and intent know of session, customer and attribution.
-- Who: on_event. Locks: none.
create or replace function analytics.record(
  p_event_name text, p_booking_id uuid, p_event_data jsonb, p_payment_id uuid default null, p_reservation_id uuid default null)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into analytics.funnel_events (
    event_name, city_code, property_id, reservation_id, unit_id, booking_intent_id, payment_id, session_id, user_id,
    utm_source, utm_medium, utm_campaign, user_agent, ip_hash, event_data, event_timestamp)
  select
    p_event_name, o.city_code, o.listing_id, p_reservation_id, i.unit_id, o.id, p_payment_id,
    access.analytics_session(o.session_hash),
    case when o.customer_subject ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then o.customer_subject::uuid end,
    left(o.attribution ->> 'utm_source', 200), left(o.attribution ->> 'utm_medium', 200), left(o.attribution ->> 'utm_campaign', 200),
    left(i.user_agent, 500), i.ip_hash, p_event_data, core.now()
  from payments.orders as o
  left join lodging.booking_intents as i on i.id = o.id
  where o.id = p_booking_id;
end;
$$;
comment on function analytics.record(text, uuid, jsonb, uuid, uuid) is 'Adds an event of a booking.';
revoke all on function analytics.record(text, uuid, jsonb, uuid, uuid) from public;
