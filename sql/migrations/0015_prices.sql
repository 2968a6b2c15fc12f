-- What a stay costs: rate plans change the price of nights, long stays cost less, a property may have taxes and fees of its own.
-- squawk-ignore ban-drop-function
drop function if exists api.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text);
-- squawk-ignore ban-drop-function
drop function if exists lodging.create_booking_intent(text, text, uuid, uuid, uuid, date, date, jsonb, jsonb, text, text, text);
-- squawk-ignore ban-drop-function
drop function if exists lodging.quote(text, uuid, date, date);
-- squawk-ignore ban-drop-function
drop function if exists lodging.broken_rules(uuid, date, date);

alter table lodging.rate_plans
  add column percent_change numeric(5, 2) not null default 0 constraint percent_not_below_minus_hundred check (percent_change >= -100),
  add column fixed_change bigint not null default 0;
comment on column lodging.rate_plans.percent_change is 'By how many percent a night costs more (or less, below zero) than in the calendar; then fixed_change is added.';
comment on column lodging.rate_plans.fixed_change is 'What is added to the price of a night, in minor units of the property''s currency; below zero it is taken off.';

create table lodging.rate_plan_prices (
  rate_plan_id uuid not null,
  unit_id uuid not null,
  date date not null,
  property_id uuid not null,
  price bigint constraint price_not_negative check (price >= 0),
  is_available boolean not null default true,
  closed_to_arrival boolean,
  closed_to_departure boolean,
  min_stay smallint constraint min_stay_is_positive check (min_stay > 0),
  max_stay smallint constraint max_stay_not_below_min check (max_stay >= min_stay),
  min_stay_through smallint constraint min_stay_through_is_positive check (min_stay_through > 0),
  max_stay_through smallint constraint max_stay_through_not_below_min check (max_stay_through >= min_stay_through),
  primary key (rate_plan_id, unit_id, date),
  constraint rate_plan_prices_plan_fkey foreign key (rate_plan_id, property_id) references lodging.rate_plans (id, property_id) on delete restrict,
  constraint rate_plan_prices_unit_fkey foreign key (unit_id, property_id) references lodging.unit_map (id, property_id) on delete restrict
);
comment on table lodging.rate_plan_prices is 'Nights of a unit that a rate plan sells otherwise than its rule says: at another price, under other restrictions, or not at all. Null is as elsewhere.';
comment on column lodging.rate_plan_prices.price is 'What the night costs, in minor units of the property''s currency.';
create index rate_plan_prices_plan on lodging.rate_plan_prices (rate_plan_id, property_id);
create index rate_plan_prices_unit on lodging.rate_plan_prices (unit_id, property_id);

create table lodging.stay_discounts (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  property_id uuid,
  min_nights smallint not null constraint min_nights_is_positive check (min_nights > 0),
  percent numeric(5, 2) not null constraint percent_in_range check (percent > 0 and percent <= 100),
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint stay_discounts_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict
);
comment on table lodging.stay_discounts is 'What stays of so many nights or more cost less: at a property, or in a city where property_id is null. The property''s own come first; of these the one for most nights.';
create unique index one_active_discount_per_length on lodging.stay_discounts (city_code, property_id, min_nights) nulls not distinct where is_active;
create index stay_discounts_city on lodging.stay_discounts (city_code);
create index stay_discounts_property on lodging.stay_discounts (property_id, city_code);

alter table lodging.properties_map
  add column tax_rate numeric(7, 6) constraint tax_rate_in_range check (tax_rate between 0 and 1),
  add column fee_amount bigint constraint fee_not_negative check (fee_amount >= 0);
comment on column lodging.properties_map.tax_rate is 'Tax on a stay''s discounted price, as a fraction; null is as in the city (setting lodging.tax_rate).';
comment on column lodging.properties_map.fee_amount is 'Fee per stay; null is as in the city (setting lodging.fee_amount).';
