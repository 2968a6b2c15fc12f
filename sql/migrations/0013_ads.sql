create schema ads;
comment on schema ads is 'Advertising on the sites: places, campaigns, what was seen and clicked, and what it costs.';

create type ads.campaign_status as enum ('draft', 'active', 'paused', 'completed');
create type ads.campaign_objective as enum ('impressions', 'clicks', 'conversions');

create table ads.ads_slots (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  slot_code text not null,
  slot_name text not null,
  description text,
  page_type text not null constraint page_type_is_known check (page_type in ('home', 'search', 'property_detail')),
  position text not null,
  width_pixels integer constraint width_is_positive check (width_pixels > 0),
  height_pixels integer constraint height_is_positive check (height_pixels > 0),
  allowed_formats text[] constraint formats_are_known check (allowed_formats <@ array['text', 'image', 'carousel']),
  max_advertisers integer not null default 1 constraint max_advertisers_is_positive check (max_advertisers > 0),
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint slot_and_city_together unique (id, city_code)
);
comment on table ads.ads_slots is 'Places for ads on the pages of a city.';
comment on column ads.ads_slots.allowed_formats is 'The formats that fit; null takes all.';
comment on column ads.ads_slots.max_advertisers is 'How many advertisers are shown at once, with one ad each.';
create unique index ads_slots_code on ads.ads_slots (city_code, slot_code);

create table ads.ads_campaigns (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  name text not null,
  advertiser_id uuid not null,
  advertiser_type text not null default 'property' constraint advertiser_type_is_known check (advertiser_type in ('property', 'external')),
  slot_id uuid not null,
  target_property_ids uuid[],
  format text not null default 'image' constraint format_is_known check (format in ('text', 'image', 'carousel')),
  title text,
  description text,
  image_url text,
  cta_text text,
  cta_url text constraint cta_url_is_a_link check (cta_url ~ '^(https?://|/([^/\\]|$))'),
  status ads.campaign_status not null default 'draft',
  starts_at timestamptz,
  ends_at timestamptz,
  objective ads.campaign_objective not null default 'impressions',
  budget bigint constraint budget_not_negative check (budget >= 0),
  budget_type text not null default 'total' constraint budget_type_is_known check (budget_type in ('total', 'daily')),
  cpc_bid numeric(12, 4) constraint bid_not_negative check (cpc_bid >= 0),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  daily_impression_cap integer constraint daily_cap_not_negative check (daily_impression_cap >= 0),
  total_impression_cap integer constraint total_cap_not_negative check (total_impression_cap >= 0),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint schedule_in_order check (ends_at > starts_at),
  constraint what_runs_leads_somewhere check (status = 'draft' or cta_url is not null),
  constraint ads_campaigns_slot_fkey foreign key (slot_id, city_code) references ads.ads_slots (id, city_code) on delete restrict
);
comment on table ads.ads_campaigns is 'Ads and their terms. A campaign pays for clicks: cpc_bid each, within its budget.';
comment on column ads.ads_campaigns.advertiser_id is 'The owner of a property, or somebody known outside of this database.';
comment on column ads.ads_campaigns.target_property_ids is 'Shown on the pages of these properties only; null shows it everywhere.';
comment on column ads.ads_campaigns.objective is 'What the campaign is for. A visitor who has clicked, or booked after a click, where that is the objective, sees it no more.';
comment on column ads.ads_campaigns.budget is 'Minor units of currency, in all or for each day of the city; null has no limit.';
comment on column ads.ads_campaigns.cpc_bid is 'Minor units for a click, with fractions. The highest bids are shown first.';
create index ads_campaigns_city on ads.ads_campaigns (city_code, status);
create index ads_campaigns_slot on ads.ads_campaigns (slot_id, status);
create index ads_campaigns_slot_and_city on ads.ads_campaigns (slot_id, city_code);
create index ads_campaigns_dates on ads.ads_campaigns (starts_at, ends_at) where status = 'active';
create index ads_campaigns_end on ads.ads_campaigns (ends_at) where status in ('active', 'paused');

create table ads.campaign_days (
  campaign_id uuid not null references ads.ads_campaigns (id) on delete cascade,
  day date not null,
  impressions integer not null default 0,
  clicks integer not null default 0,
  cost numeric(16, 4) not null default 0,
  primary key (campaign_id, day)
) with (fillfactor = 85);
comment on table ads.campaign_days is 'What a campaign had on a day of its city: counted as it happens, for caps and budgets.';

create table ads.ads_impressions (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  campaign_id uuid not null references ads.ads_campaigns (id) on delete restrict,
  slot_id uuid not null references ads.ads_slots (id) on delete restrict,
  page_path text,
  property_id uuid references lodging.properties_map (id) on delete restrict,
  session_id text not null,
  visitor_id text,
  ip_hash text,
  user_agent text,
  cost numeric(12, 4) not null default 0 constraint cost_not_negative check (cost >= 0),
  event_id text not null unique,
  created_at timestamptz not null default clock_timestamp()
);
comment on table ads.ads_impressions is 'Each time an ad was seen, once per event_id.';
comment on column ads.ads_impressions.session_id is 'A hash that analytics may read, of no use as a proof of identity.';
comment on column ads.ads_impressions.cost is 'Nothing: campaigns pay for clicks.';
create index ads_impressions_campaign on ads.ads_impressions (campaign_id, created_at);
create index ads_impressions_slot on ads.ads_impressions (slot_id, created_at);
create index ads_impressions_session on ads.ads_impressions (session_id, created_at);
create index ads_impressions_city on ads.ads_impressions (city_code, created_at);
create index ads_impressions_property on ads.ads_impressions (property_id) where property_id is not null;

create table ads.ads_clicks (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  impression_id uuid references ads.ads_impressions (id) on delete set null,
  campaign_id uuid not null references ads.ads_campaigns (id) on delete restrict,
  page_path text,
  referrer text,
  session_id text not null,
  visitor_id text,
  ip_hash text,
  cost numeric(12, 4) not null default 0 constraint cost_not_negative check (cost >= 0),
  converted boolean not null default false,
  conversion_value bigint,
  booking_id uuid references payments.orders (id) on delete restrict,
  event_id text not null unique,
  created_at timestamptz not null default clock_timestamp(),
  constraint converted_by_a_booking check (converted = (booking_id is not null) and converted = (conversion_value is not null))
);
comment on table ads.ads_clicks is 'Each click on an ad, once per event_id, and the booking that came of it.';
comment on column ads.ads_clicks.session_id is 'A hash that analytics may read, of no use as a proof of identity.';
comment on column ads.ads_clicks.cost is 'What the campaign pays for it, in minor units of its currency.';
comment on column ads.ads_clicks.conversion_value is 'The amount of the booking, in minor units of its order''s currency.';
create index ads_clicks_campaign on ads.ads_clicks (campaign_id, created_at);
create index ads_clicks_session on ads.ads_clicks (session_id, created_at);
create index ads_clicks_visitor on ads.ads_clicks (visitor_id) where visitor_id is not null;
create index ads_clicks_converted on ads.ads_clicks (campaign_id) where converted;
create index ads_clicks_city on ads.ads_clicks (city_code, created_at);
create index ads_clicks_impression on ads.ads_clicks (impression_id) where impression_id is not null;
create unique index one_converted_click_per_booking on ads.ads_clicks (booking_id) where booking_id is not null;

insert into ads.ads_slots (city_code, slot_code, slot_name, page_type, position)
select c.code, 'homepage_hero', 'Homepage Hero Banner', 'home', 'top' from core.cities as c where c.code <> 'ALL';

insert into core.settings (key, value, description) values
  ('ads.conversion_days', '30', 'For how long after a click a booking of the same session counts as won by it.');

insert into core.modules (name, position) values ('ads', 210);
