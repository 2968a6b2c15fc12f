-- Whether a campaign is active and within its schedule.
-- Who: functions of ours. Locks: none.
create or replace function ads.is_running(p_campaign ads.ads_campaigns)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select p_campaign.status = 'active' and coalesce(p_campaign.starts_at <= n.now, true) and coalesce(p_campaign.ends_at > n.now, true)
  from core.now() as n (now)
$$;
comment on function ads.is_running(ads.ads_campaigns) is 'Whether the campaign is shown now, as far as its schedule goes.';
revoke all on function ads.is_running(ads.ads_campaigns) from public;
