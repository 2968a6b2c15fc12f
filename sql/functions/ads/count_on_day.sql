-- Add to what a campaign had today in its city.
-- Who: functions of ours. Locks: the campaign's day.
create or replace function ads.count_on_day(p_campaign ads.ads_campaigns, p_impressions integer, p_clicks integer, p_cost numeric)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into ads.campaign_days as d (campaign_id, day, impressions, clicks, cost)
  values (p_campaign.id, core.today(p_campaign.city_code), p_impressions, p_clicks, p_cost)
  on conflict (campaign_id, day) do update
    set impressions = d.impressions + excluded.impressions, clicks = d.clicks + excluded.clicks, cost = d.cost + excluded.cost
$$;
comment on function ads.count_on_day(ads.ads_campaigns, integer, integer, numeric) is 'Counts impressions, clicks and their cost on the campaign''s day.';
revoke all on function ads.count_on_day(ads.ads_campaigns, integer, integer, numeric) from public;
