-- The ads for a place on a page: what runs, fits and may still be seen and paid for, one ad of each advertiser, the highest
-- bids first; among equal bids, what was seen least today. Who has done already what a campaign is for is not shown it again.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, NOT_FOUND (no such slot on that page), as access.session_hash.
create or replace function ads.get_ads_for_page(
  p_city_code text, p_slot_code text, p_page_type text, p_property_id uuid, p_session_id text, p_visitor_id text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_session constant text := access.analytics_session(access.session_hash(p_session_id));
  v_today constant date := core.today(p_city_code);
  v_slot ads.ads_slots;
begin
  perform core.require('city_code', p_city_code is not null);
  perform core.require('slot_code', p_slot_code is not null);
  perform core.require('page_type', p_page_type is not null);
  select * into v_slot
  from ads.ads_slots as s
  where s.city_code = p_city_code and s.slot_code = p_slot_code and s.page_type = p_page_type;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('city_code', p_city_code, 'slot_code', p_slot_code, 'page_type', p_page_type));
  end if;

  return jsonb_build_object('slot_code', v_slot.slot_code, 'ads', (
    with clicked as materialized (
      select k.campaign_id, bool_or(k.converted) as has_converted
      from ads.ads_clicks as k
      where k.session_id = v_session or k.visitor_id = p_visitor_id
      group by k.campaign_id),
    eligible as (
      select c.id, c.title, c.description, c.image_url, c.cta_text, c.cta_url, c.advertiser_id,
        row_number() over (order by c.cpc_bid desc nulls last, t.impressions_today, c.id) as rank
      from ads.ads_campaigns as c
      cross join lateral (
        select coalesce(sum(d.impressions), 0) as impressions,
          coalesce(sum(d.impressions) filter (where d.day = v_today), 0) as impressions_today
        from ads.campaign_days as d where d.campaign_id = c.id) as t
      where v_slot.is_active and c.slot_id = v_slot.id and c.status = 'active' and ads.is_running(c)
        and c.format = any (coalesce(v_slot.allowed_formats, array[c.format]))
        and (c.target_property_ids is null or p_property_id = any (c.target_property_ids))
        and coalesce(t.impressions_today < c.daily_impression_cap, true)
        and coalesce(t.impressions < c.total_impression_cap, true)
        and coalesce(ads.budget_left(c) > 0, true)
        and not exists (
          select from clicked as k
          where k.campaign_id = c.id and (c.objective = 'clicks' or c.objective = 'conversions' and k.has_converted))),
    shown as (
      select distinct on (e.advertiser_id) e.* from eligible as e order by e.advertiser_id, e.rank)
    select coalesce(jsonb_agg(jsonb_build_object(
      'campaign_id', f.id, 'title', f.title, 'description', f.description, 'image_url', f.image_url,
      'cta_text', f.cta_text, 'cta_url', f.cta_url) order by f.rank), '[]')
    from (select s.* from shown as s order by s.rank limit v_slot.max_advertisers) as f));
end;
$$;
comment on function ads.get_ads_for_page(text, text, text, uuid, text, text) is 'The ads to show in a slot now.';
revoke all on function ads.get_ads_for_page(text, text, text, uuid, text, text) from public;
grant execute on function ads.get_ads_for_page(text, text, text, uuid, text, text) to anon, authenticated, service_role;
