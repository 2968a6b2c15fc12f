-- The campaign of something that is tracked. A draft was never shown to anybody.
-- Who: public functions. Locks: none. Fails with: MISSING_REQUIRED_FIELD, NOT_FOUND.
create or replace function ads.require_campaign(p_campaign_id uuid)
returns ads.ads_campaigns
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_campaign ads.ads_campaigns;
begin
  perform core.require('campaign_id', p_campaign_id is not null);
  select * into v_campaign from ads.ads_campaigns as c where c.id = p_campaign_id and c.status <> 'draft';
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('campaign_id', p_campaign_id));
  end if;
  return v_campaign;
end;
$$;
comment on function ads.require_campaign(uuid) is 'Returns a campaign that has been shown, or raises NOT_FOUND.';
revoke all on function ads.require_campaign(uuid) from public;
