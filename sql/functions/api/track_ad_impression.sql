-- An ad was seen: see ads.track_ad_impression. What a client thinks it costs is not asked.
create or replace function api.track_ad_impression(
  p_campaign_id uuid default null, p_slot_id uuid default null, p_session_id text default null, p_visitor_id text default null,
  p_property_id uuid default null, p_page_path text default null, p_cost numeric default null, p_event_id text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select ads.track_ad_impression(p_campaign_id, p_slot_id, p_session_id, p_visitor_id, p_property_id, p_page_path, p_event_id);
end;
comment on function api.track_ad_impression(uuid, uuid, text, text, uuid, text, numeric, text) is
  'Keeps that an ad was seen, once per event id. p_cost is not used.';
revoke all on function api.track_ad_impression(uuid, uuid, text, text, uuid, text, numeric, text) from public;
grant execute on function api.track_ad_impression(uuid, uuid, text, text, uuid, text, numeric, text) to anon, authenticated, service_role;
