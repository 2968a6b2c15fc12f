-- What a campaign may still spend: in all, or today in its city.
-- Who: functions of ours; whoever spends it holds the campaign's lock. Locks: none.
create or replace function ads.budget_left(p_campaign ads.ads_campaigns)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  select p_campaign.budget - coalesce(sum(d.cost), 0)
  from ads.campaign_days as d
  where d.campaign_id = p_campaign.id and (p_campaign.budget_type = 'total' or d.day = core.today(p_campaign.city_code))
$$;
comment on function ads.budget_left(ads.ads_campaigns) is 'What is left of a campaign''s budget, in minor units; null where it has none.';
revoke all on function ads.budget_left(ads.ads_campaigns) from public;
