-- Ads for a place on a page: see ads.get_ads_for_page.
create or replace function api.get_ads_for_page(
  p_city_code text default null, p_slot_code text default null, p_page_type text default null, p_property_id uuid default null,
  p_session_id text default null, p_visitor_id text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select ads.get_ads_for_page(p_city_code, p_slot_code, p_page_type, p_property_id, p_session_id, p_visitor_id);
end;
comment on function api.get_ads_for_page(text, text, text, uuid, text, text) is 'The ads to show in a slot of a page now.';
revoke all on function api.get_ads_for_page(text, text, text, uuid, text, text) from public;
grant execute on function api.get_ads_for_page(text, text, text, uuid, text, text) to anon, authenticated, service_role;
