-- An ad was clicked: where it leads, and what the campaign pays. That is its bid or, at the end of its budget, what is left;
-- nothing for a campaign that no longer runs. The same event again is counted and paid for once.
-- Who: everybody with a session id. Locks: the campaign, its day.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND, IDEMPOTENCY_CONFLICT.
create or replace function ads.track_ad_click(
  p_campaign_id uuid, p_impression_id uuid, p_session_id text, p_visitor_id text, p_page_path text, p_event_id text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_visitor constant record := ads.read_visitor(p_session_id, p_visitor_id, p_page_path, p_event_id);
  v_campaign ads.ads_campaigns := ads.require_campaign(p_campaign_id);
  v_cost numeric := 0;
  v_id uuid;
begin
  perform core.require_valid('impression_id', p_impression_id is null or exists (
    select from ads.ads_impressions as i where i.id = p_impression_id and i.campaign_id = p_campaign_id),
    'an impression of the campaign');

  select * into strict v_campaign from ads.ads_campaigns as c where c.id = p_campaign_id for no key update;
  if ads.is_running(v_campaign) then
    v_cost := greatest(least(coalesce(v_campaign.cpc_bid, 0), ads.budget_left(v_campaign)), 0);
  end if;
  insert into ads.ads_clicks as c
    (city_code, impression_id, campaign_id, page_path, referrer, session_id, visitor_id, ip_hash, cost, event_id, created_at)
  values (
    v_campaign.city_code, p_impression_id, v_campaign.id, p_page_path, left(access.header('referer'), 2000), v_visitor.session_id,
    p_visitor_id, access.address_hash(), v_cost, v_visitor.event_id, core.now())
  on conflict (event_id) do nothing
  returning c.id into v_id;
  if v_id is not null then
    perform ads.count_on_day(v_campaign, 0, 1, v_cost);
  else
    select c.id into v_id
    from ads.ads_clicks as c
    where c.event_id = v_visitor.event_id and c.campaign_id = v_campaign.id and c.session_id = v_visitor.session_id;
    if not found then
      perform core.raise('IDEMPOTENCY_CONFLICT', jsonb_build_object('event_id', p_event_id));
    end if;
  end if;
  return jsonb_build_object('success', true, 'click_id', v_id, 'redirect_url', v_campaign.cta_url);
end;
$$;
comment on function ads.track_ad_click(uuid, uuid, text, text, text, text) is 'Keeps and charges a click on an ad, once per event id, and returns where it leads.';
revoke all on function ads.track_ad_click(uuid, uuid, text, text, text, text) from public;
grant execute on function ads.track_ad_click(uuid, uuid, text, text, text, text) to anon, authenticated, service_role;
