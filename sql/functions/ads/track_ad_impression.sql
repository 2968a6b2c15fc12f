-- An ad was seen. The same event again is counted once. What happened counts, also where a cap was reached meanwhile.
-- Who: everybody with a session id. Locks: the campaign's day.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND, IDEMPOTENCY_CONFLICT.
create or replace function ads.track_ad_impression(
  p_campaign_id uuid, p_slot_id uuid, p_session_id text, p_visitor_id text, p_property_id uuid, p_page_path text, p_event_id text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_visitor constant record := ads.read_visitor(p_session_id, p_visitor_id, p_page_path, p_event_id);
  v_campaign constant ads.ads_campaigns := ads.require_campaign(p_campaign_id);
  v_id uuid;
begin
  perform core.require_valid('slot_id', coalesce(p_slot_id = v_campaign.slot_id, true), 'the slot of the campaign');
  perform core.require_valid('property_id', p_property_id is null or exists (
    select from lodging.properties_map as p where p.id = p_property_id and p.city_code = v_campaign.city_code),
    'a property of the city');

  insert into ads.ads_impressions as i
    (city_code, campaign_id, slot_id, page_path, property_id, session_id, visitor_id, ip_hash, user_agent, event_id, created_at)
  values (
    v_campaign.city_code, v_campaign.id, v_campaign.slot_id, p_page_path, p_property_id, v_visitor.session_id, p_visitor_id,
    access.address_hash(), left(access.header('user-agent'), 500), v_visitor.event_id, core.now())
  on conflict (event_id) do nothing
  returning i.id into v_id;
  if v_id is not null then
    perform ads.count_on_day(v_campaign, 1, 0, 0);
  else
    select i.id into v_id
    from ads.ads_impressions as i
    where i.event_id = v_visitor.event_id and i.campaign_id = v_campaign.id and i.session_id = v_visitor.session_id;
    if not found then
      perform core.raise('IDEMPOTENCY_CONFLICT', jsonb_build_object('event_id', p_event_id));
    end if;
  end if;
  return jsonb_build_object('success', true, 'impression_id', v_id);
end;
$$;
comment on function ads.track_ad_impression(uuid, uuid, text, text, uuid, text, text) is 'Keeps that an ad was seen, once per event id.';
revoke all on function ads.track_ad_impression(uuid, uuid, text, text, uuid, text, text) from public;
grant execute on function ads.track_ad_impression(uuid, uuid, text, text, uuid, text, text) to anon, authenticated, service_role;
