-- An ad was clicked: see ads.track_ad_click. What a client thinks it costs is not asked.
create or replace function api.track_ad_click(
  p_campaign_id uuid default null, p_impression_id uuid default null, p_session_id text default null, p_visitor_id text default null,
  p_page_path text default null, p_cost numeric default null, p_event_id text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select ads.track_ad_click(p_campaign_id, p_impression_id, p_session_id, p_visitor_id, p_page_path, p_event_id);
end;
comment on function api.track_ad_click(uuid, uuid, text, text, text, numeric, text) is
  'Keeps and charges a click on an ad, once per event id, and returns where it leads. p_cost is not used.';
revoke all on function api.track_ad_click(uuid, uuid, text, text, text, numeric, text) from public;
grant execute on function api.track_ad_click(uuid, uuid, text, text, text, numeric, text) to anon, authenticated, service_role;
