-- A visitor did something: see analytics.emit_event.
create or replace function api.emit_event(
  p_event_name text default null, p_city_code text default null, p_property_id uuid default null, p_reservation_id uuid default null,
  p_session_id text default null, p_visitor_id text default null, p_user_id uuid default null, p_user_agent text default null,
  p_utm_source text default null, p_utm_medium text default null, p_utm_campaign text default null, p_metadata jsonb default null,
  p_event_id uuid default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select analytics.emit_event(
    p_event_name, p_city_code, p_property_id, p_reservation_id, p_session_id, p_visitor_id, p_user_id, p_user_agent, p_utm_source,
    p_utm_medium, p_utm_campaign, p_metadata, p_event_id);
end;
comment on function api.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid) is
  'Keeps an event of the funnel, once per event id. Clients tell of search_performed, property_viewed and ui.*.';
revoke all on function api.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid) from public;
grant execute on function api.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid) to anon, authenticated, service_role;
