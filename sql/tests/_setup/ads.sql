-- Campaigns by name, in the city URB, in the slot at the top of its home page.

--- A campaign of an advertiser of its own that runs, for 0.50 BRL a click without limits; terms are its columns that differ.
create or replace function tests.create_campaign(name text, terms jsonb default '{}')
returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  v_usual constant jsonb := jsonb_build_object(
    'id', tests.id(create_campaign.name), 'city_code', 'URB', 'name', create_campaign.name,
    'advertiser_id', tests.id('advertiser of ' || create_campaign.name), 'advertiser_type', 'property', 'slot_id', tests.slot(),
    'format', 'image', 'title', initcap(create_campaign.name), 'image_url', 'https://img.example/' || create_campaign.name,
    'cta_text', 'Look', 'cta_url', 'https://ads.example/' || create_campaign.name, 'objective', 'impressions', 'budget_type', 'total',
    'cpc_bid', 50, 'currency', 'BRL', 'created_at', clock_timestamp(), 'updated_at', clock_timestamp());
begin
  insert into ads.ads_campaigns
  select c.* from jsonb_populate_record(null::ads.ads_campaigns, v_usual || create_campaign.terms || '{"status": "draft"}') as c;
  update ads.ads_campaigns as c
  set status = coalesce(create_campaign.terms ->> 'status', 'active')::ads.campaign_status
  where c.id = tests.id(create_campaign.name);
  return tests.id(create_campaign.name);
end $$;

create or replace function tests.slot()
returns uuid language sql stable security definer set search_path = '' as $$
  select s.id from ads.ads_slots as s where s.city_code = 'URB' and s.slot_code = 'homepage_hero'
$$;

--- The names of the campaigns shown in the slot, in order.
create or replace function tests.ads(session text default null, visitor text default null, property uuid default null)
returns text language plpgsql stable security definer set search_path = '' as $$
begin
  return (
    select coalesce(string_agg(lower(a.ad ->> 'title'), ' ' order by a.position), '')
    from jsonb_array_elements(
      api.get_ads_for_page('URB', 'homepage_hero', 'home', ads.property, ads.session, ads.visitor) -> 'ads')
      with ordinality as a (ad, position));
end $$;

--- A visitor with the session tests.session(visitor) clicks; what it costs.
create or replace function tests.click(name text, visitor text, event_id text default null)
returns numeric language plpgsql volatile security definer set search_path = '' as $$
declare
  v_answer constant jsonb := api.track_ad_click(
    p_campaign_id => tests.id(click.name), p_session_id => tests.session(click.visitor), p_event_id => click.event_id);
begin
  return (select c.cost from ads.ads_clicks as c where c.id = (v_answer ->> 'click_id')::uuid);
end $$;

--- A visitor with the session tests.session(visitor) sees an ad.
create or replace function tests.see(name text, visitor text)
returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform api.track_ad_impression(p_campaign_id => tests.id(see.name), p_session_id => tests.session(see.visitor));
end $$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
