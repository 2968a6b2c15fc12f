-- Keep an event that a browser or a server tells of, once per event id. page_path, referrer, utm_content and utm_term are taken
-- from the metadata into columns of those names.
-- Who: everybody for search_performed, property_viewed and ui.*; service_role for all. Locks: none.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, FORBIDDEN (an event, user or reservation that is not the caller's),
-- RATE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.
create or replace function analytics.emit_event(
  p_event_name text, p_city_code text, p_property_id uuid, p_reservation_id uuid, p_session_id text, p_visitor_id text, p_user_id uuid,
  p_user_agent text, p_utm_source text, p_utm_medium text, p_utm_campaign text, p_metadata jsonb, p_event_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_columns constant text[] := array['page_path', 'referrer', 'utm_content', 'utm_term'];
  v_event analytics.funnel_events;
  v_constraint text;
begin
  perform analytics.require_event(p_event_name, p_property_id, p_reservation_id, p_session_id, p_visitor_id, p_user_id, p_metadata);
  v_event.id := coalesce(p_event_id, core.new_id());
  v_event.city_code := analytics.require_city(p_city_code, p_property_id);
  v_event.session_id := access.analytics_session(access.session_hash(p_session_id));
  v_event.ip_hash := access.address_hash();
  perform analytics.require_few_events(v_event.session_id, v_event.ip_hash);

  insert into analytics.funnel_events as e (
    id, event_name, city_code, property_id, reservation_id, session_id, visitor_id, user_id, utm_source, utm_medium, utm_campaign,
    utm_content, utm_term, user_agent, ip_hash, referrer, page_path, event_data, event_timestamp)
  values (
    v_event.id, p_event_name, v_event.city_code, p_property_id, p_reservation_id, v_event.session_id, p_visitor_id,
    coalesce(p_user_id, access.user_id()), left(p_utm_source, 200), left(p_utm_medium, 200), left(p_utm_campaign, 200),
    left(p_metadata ->> 'utm_content', 200), left(p_metadata ->> 'utm_term', 200),
    left(coalesce(p_user_agent, access.header('user-agent')), 500), v_event.ip_hash,
    left(coalesce(p_metadata ->> 'referrer', access.header('referer')), 2000), left(p_metadata ->> 'page_path', 500),
    coalesce(p_metadata, '{}') - v_columns, core.now())
  on conflict (id) do nothing;
  if not found and not exists (
    select from analytics.funnel_events as e
    where e.id = v_event.id and e.event_name = p_event_name and e.session_id is not distinct from v_event.session_id)
  then
    perform core.raise('IDEMPOTENCY_CONFLICT', jsonb_build_object('event_id', v_event.id));
  end if;
  return jsonb_build_object('success', true, 'event_id', v_event.id);
exception when check_violation then
  get stacked diagnostics v_constraint = constraint_name;
  perform core.require_valid('event_name', v_constraint <> 'event_name_is_known', 'an event of the funnel, or ui. with 1 to 97 of a-z, 0-9, _ and .');
  raise;
end;
$$;
comment on function analytics.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid) is
  'Keeps an event of the funnel and returns its id.';
revoke all on function analytics.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid) from public;
grant execute on function analytics.emit_event(text, text, uuid, uuid, text, text, uuid, text, text, text, text, jsonb, uuid)
  to anon, authenticated, service_role;
