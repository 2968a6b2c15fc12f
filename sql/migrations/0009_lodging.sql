create schema lodging;
comment on schema lodging is 'Product line: nights in units of properties, from search to the end of the stay.';

create type lodging.booking_intent_status as enum (
  'intent_created', 'payment_pending', 'payment_confirmed', 'converted', 'expired', 'cancelled');
create type lodging.reservation_status as enum (
  'host_commit_pending', 'host_commit_failed', 'confirmed', 'checkin_pending', 'checked_in', 'checked_out', 'completed',
  'cancel_pending', 'cancelled', 'refund_pending', 'refunded', 'refund_failed', 'payout_pending', 'paid_out');
create type lodging.reservation_payment_status as enum ('pending', 'partial', 'paid', 'refunded', 'failed');
create type lodging.reservation_source as enum ('direct', 'booking_com', 'airbnb', 'expedia', 'other_ota');
create type lodging.cancellation_policy_type as enum ('flexible', 'moderate', 'strict', 'non_refundable');

insert into payments.product_lines (name) values ('lodging');

create table lodging.properties_map (
  id uuid primary key default core.new_id(),
  city_id uuid not null,
  city_code text not null,
  host_property_id text unique,
  slug text not null constraint slug_is_url_safe check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  property_type text not null,
  description text not null default '',
  address text,
  state text,
  lat double precision constraint lat_in_range check (lat between -90 and 90),
  lng double precision constraint lng_in_range check (lng between -180 and 180),
  images text[] not null default '{}',
  amenities text[] not null default '{}',
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  check_in_time time not null default '14:00',
  check_out_time time not null default '11:00',
  payment_methods payments.payment_method[],
  payee_id uuid references payments.payees (id) on delete restrict,
  rating numeric(3, 2) not null default 0 constraint rating_in_range check (rating between 0 and 5),
  review_count integer not null default 0 constraint review_count_not_negative check (review_count >= 0),
  is_active boolean not null default true,
  is_published boolean not null default false,
  is_featured boolean not null default false,
  synced_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint slug_unique_within_city unique (city_id, slug),
  constraint id_and_city_together unique (id, city_code),
  constraint what_the_units_copy_together unique (id, city_code, currency),
  constraint properties_map_city_fkey foreign key (city_id, city_code) references core.cities (id, code) on delete restrict
);
comment on table lodging.properties_map is 'Properties as the Host has them, with what distribution adds (slug, publication, rating).';
comment on column lodging.properties_map.payment_methods is 'The methods this property accepts; null accepts all.';
comment on column lodging.properties_map.payee_id is 'The owner who is paid for stays here; null until one is known.';
create index properties_map_active on lodging.properties_map (city_id, is_active, is_published) where deleted_at is null;
create index properties_map_city on lodging.properties_map (city_code, slug);
create index properties_map_city_key on lodging.properties_map (city_id, city_code);
create index properties_map_currency on lodging.properties_map (currency);
create index properties_map_payee on lodging.properties_map (payee_id);
create index properties_map_geo on lodging.properties_map using gist (point(lng, lat));

create table lodging.unit_map (
  id uuid primary key default core.new_id(),
  property_id uuid not null,
  city_code text not null,
  currency text not null default 'BRL',
  host_unit_id text unique,
  name text not null,
  room_type text not null,
  max_guests smallint not null constraint max_guests_is_positive check (max_guests > 0),
  max_adults smallint not null constraint max_adults_is_positive check (max_adults > 0),
  max_children smallint not null default 0 constraint max_children_not_negative check (max_children >= 0),
  min_advance_days smallint not null default 0 constraint min_advance_not_negative check (min_advance_days >= 0),
  max_advance_days smallint not null default 365 constraint advance_window_in_order check (max_advance_days >= min_advance_days),
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint unit_and_property_together unique (id, property_id),
  constraint what_the_calendar_copies_together unique (id, property_id, city_code, currency, max_guests),
  constraint unit_map_property_fkey foreign key (property_id, city_code, currency)
    references lodging.properties_map (id, city_code, currency) on update cascade on delete restrict
);
comment on table lodging.unit_map is 'Units of a property (the Host''s room types). A stay may be booked from min_advance_days to max_advance_days ahead.';
create index unit_map_property on lodging.unit_map (property_id, is_active);
create index unit_map_property_key on lodging.unit_map (property_id, city_code, currency);
create index unit_map_city on lodging.unit_map (city_code);

create table lodging.cancellation_policies (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  property_id uuid,
  policy_type lodging.cancellation_policy_type not null default 'moderate',
  free_cancellation_hours integer constraint free_hours_not_negative check (free_cancellation_hours >= 0),
  refund_percentage_before integer constraint percentage_before_in_range check (refund_percentage_before between 0 and 100),
  refund_percentage_after integer constraint percentage_after_in_range check (refund_percentage_after between 0 and 100),
  no_show_charge_percentage integer constraint no_show_percentage_in_range check (no_show_charge_percentage between 0 and 100),
  description text,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint cancellation_policies_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict
);
comment on table lodging.cancellation_policies is 'Refund terms of a property, or of a city where property_id is null. Hours count back from local check-in time.';
create unique index one_active_policy_per_city_or_property on lodging.cancellation_policies (city_code, property_id) nulls not distinct where is_active;
create index cancellation_policies_city on lodging.cancellation_policies (city_code);
create index cancellation_policies_property on lodging.cancellation_policies (property_id, city_code);

create table lodging.rate_plans (
  id uuid primary key default core.new_id(),
  property_id uuid not null references lodging.properties_map (id) on delete restrict,
  code text not null,
  name text not null,
  cancellation_policy_id uuid references lodging.cancellation_policies (id) on delete restrict,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_code_per_property unique (property_id, code),
  constraint rate_plan_and_property_together unique (id, property_id)
);
comment on table lodging.rate_plans is 'Ways to sell the units of a property. A rate plan owns no stock.';
create index rate_plans_policy on lodging.rate_plans (cancellation_policy_id);

create table lodging.availability_calendar (
  unit_id uuid not null,
  date date not null,
  city_code text not null,
  property_id uuid not null,
  max_guests smallint not null,
  allotment integer not null constraint allotment_not_negative check (allotment >= 0),
  bookings_count integer not null default 0 constraint bookings_not_negative check (bookings_count >= 0),
  temp_holds integer not null default 0 constraint holds_not_negative check (temp_holds >= 0),
  overcommitted integer not null default 0 constraint overcommitted_not_negative check (overcommitted >= 0),
  base_price bigint not null constraint base_price_not_negative check (base_price >= 0),
  discounted_price bigint constraint discount_within_price check (discounted_price between 0 and base_price),
  currency text not null,
  rate_plan_id uuid,
  is_available boolean not null default true,
  is_blocked boolean not null default false,
  block_reason text,
  closed_to_arrival boolean not null default false,
  closed_to_departure boolean not null default false,
  min_stay smallint not null default 1 constraint min_stay_is_positive check (min_stay > 0),
  max_stay smallint constraint max_stay_not_below_min check (max_stay >= min_stay),
  min_stay_through smallint not null default 1 constraint min_stay_through_is_positive check (min_stay_through > 0),
  max_stay_through smallint constraint max_stay_through_not_below_min check (max_stay_through >= min_stay_through),
  primary key (unit_id, date),
  constraint availability_not_oversold check (bookings_count + temp_holds <= allotment + overcommitted),
  constraint one_counter_row_for_all_rate_plans check (rate_plan_id is null),
  constraint availability_calendar_unit_fkey foreign key (unit_id, property_id, city_code, currency, max_guests)
    references lodging.unit_map (id, property_id, city_code, currency, max_guests) on update cascade on delete restrict
) with (fillfactor = 85);
comment on table lodging.availability_calendar is 'One row per unit and night: what there is, what is sold and held, at what price. The counters are the only truth about stock.';
comment on column lodging.availability_calendar.is_available is 'The owner''s switch (stop-sell); never changed by a booking.';
comment on column lodging.availability_calendar.overcommitted is 'By how much the Host lowered the allotment below what was sold.';
comment on column lodging.availability_calendar.min_stay is 'Nights at least for stays that arrive on this date; min_stay_through for every stay that includes it.';
create index availability_calendar_city on lodging.availability_calendar (city_code, date);
create index availability_calendar_property on lodging.availability_calendar (property_id, date, is_available);
create index availability_calendar_unit on lodging.availability_calendar (unit_id, property_id, city_code, currency, max_guests);
create index availability_calendar_overcommitted on lodging.availability_calendar (city_code, date) where overcommitted > 0;

create table lodging.travelers (
  id uuid primary key default core.new_id(),
  auth_user_id uuid unique,
  first_name text,
  last_name text,
  email text constraint email_is_normalised check (email = lower(btrim(email)) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  phone text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
comment on table lodging.travelers is 'Who stays. A guest without an account gets a row per booking: an e-mail address proves nobody.';
create index travelers_email on lodging.travelers (email);

create table lodging.booking_intents (
  id uuid primary key references payments.orders (id) on delete restrict,
  session_id text not null,
  city_code text not null,
  property_id uuid not null,
  unit_id uuid not null,
  rate_plan_id uuid,
  traveler_id uuid references lodging.travelers (id) on delete restrict,
  check_in date not null,
  check_out date not null,
  nights integer not null,
  guests_adults integer not null default 1 constraint adults_at_least_one check (guests_adults >= 1),
  guests_children integer not null default 0 constraint children_not_negative check (guests_children >= 0),
  guests_infants integer not null default 0 constraint infants_not_negative check (guests_infants >= 0),
  base_price bigint not null constraint base_price_not_negative check (base_price >= 0),
  taxes bigint not null default 0 constraint taxes_not_negative check (taxes >= 0),
  fees bigint not null default 0 constraint fees_not_negative check (fees >= 0),
  discount_amount bigint not null default 0 constraint discount_not_negative check (discount_amount >= 0),
  total_amount bigint not null constraint total_not_negative check (total_amount >= 0),
  currency text not null references core.currencies (code) on delete restrict,
  commission_rate numeric(5, 4) not null constraint commission_rate_in_range check (commission_rate between 0 and 1),
  cancellation_policy_id uuid references lodging.cancellation_policies (id) on delete restrict,
  status lodging.booking_intent_status not null default 'intent_created',
  status_changed_at timestamptz not null default clock_timestamp(),
  holds_inventory boolean not null generated always as (status in ('intent_created', 'payment_pending', 'payment_confirmed')) stored,
  hold_token text not null unique,
  expires_at timestamptz not null,
  reservation_id uuid,
  converted_at timestamptz,
  source text not null default 'direct',
  utm_source text,
  utm_medium text,
  utm_campaign text,
  user_agent text,
  ip_hash text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  constraint stay_is_not_empty check (check_out > check_in),
  constraint nights_are_the_difference check (nights = check_out - check_in),
  constraint total_is_the_sum check (total_amount = base_price + taxes + fees - discount_amount),
  constraint converted_into_itself check (reservation_id is null or reservation_id = id),
  constraint booking_intents_unit_fkey foreign key (unit_id, property_id) references lodging.unit_map (id, property_id) on delete restrict,
  constraint booking_intents_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict,
  constraint booking_intents_rate_plan_fkey foreign key (rate_plan_id, property_id) references lodging.rate_plans (id, property_id) on delete restrict
) with (fillfactor = 85);
comment on table lodging.booking_intents is 'A stay on its way to be paid. It holds its nights until expires_at; unpaid by then, it expires.';
comment on column lodging.booking_intents.session_id is 'SHA-256 of the guest''s session id, as on the order.';
comment on column lodging.booking_intents.holds_inventory is 'Whether its nights count as temp_holds: the status alone says so, not the clock.';
create index booking_intents_session on lodging.booking_intents (session_id);
create index booking_intents_status on lodging.booking_intents (status, expires_at);
create index booking_intents_property on lodging.booking_intents (property_id, created_at desc);
create index booking_intents_conversion on lodging.booking_intents (reservation_id) where reservation_id is not null;
create index booking_intents_unit on lodging.booking_intents (unit_id, property_id);
create index booking_intents_holding on lodging.booking_intents (unit_id, expires_at) where holds_inventory;
create index booking_intents_ip on lodging.booking_intents (ip_hash) where holds_inventory;
create index booking_intents_property_city on lodging.booking_intents (property_id, city_code);
create index booking_intents_rate_plan on lodging.booking_intents (rate_plan_id, property_id);
create index booking_intents_traveler on lodging.booking_intents (traveler_id);
create index booking_intents_policy on lodging.booking_intents (cancellation_policy_id);

create table lodging.reservations (
  id uuid primary key references payments.orders (id) on delete restrict,
  confirmation_code text not null unique constraint confirmation_code_shape check (confirmation_code ~ '^RES-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{6}$'),
  city_code text not null,
  property_id uuid not null,
  unit_id uuid not null,
  rate_plan_id uuid,
  traveler_id uuid references lodging.travelers (id) on delete restrict,
  check_in date not null,
  check_out date not null,
  guests_adults integer not null default 1 constraint adults_at_least_one check (guests_adults >= 1),
  guests_children integer not null default 0 constraint children_not_negative check (guests_children >= 0),
  guests_infants integer not null default 0 constraint infants_not_negative check (guests_infants >= 0),
  total_amount bigint not null constraint total_not_negative check (total_amount >= 0),
  currency text not null references core.currencies (code) on delete restrict,
  commission_rate numeric(5, 4) constraint commission_rate_in_range check (commission_rate between 0 and 1),
  commission_amount bigint constraint commission_within_total check (commission_amount between 0 and total_amount),
  cancellation_policy_id uuid references lodging.cancellation_policies (id) on delete restrict,
  status lodging.reservation_status not null default 'host_commit_pending',
  status_changed_at timestamptz not null default clock_timestamp(),
  payment_status lodging.reservation_payment_status not null default 'pending',
  source lodging.reservation_source not null default 'direct',
  host_booking_id text unique,
  host_commit_status text not null default 'pending' constraint host_commit_status_is_known check (host_commit_status in ('pending', 'committed', 'failed')),
  host_commit_attempts integer not null default 0,
  host_commit_last_error text,
  host_commit_failed_at timestamptz,
  cancellation_reason text,
  payout_eligible_at timestamptz,
  payout_batch_id uuid references payments.payout_batches (id) on delete restrict,
  payout_id uuid references payments.payouts (id) on delete restrict,
  booked_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint stay_is_not_empty check (check_out > check_in),
  constraint reservations_unit_fkey foreign key (unit_id, property_id) references lodging.unit_map (id, property_id) on delete restrict,
  constraint reservations_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict,
  constraint reservations_rate_plan_fkey foreign key (rate_plan_id, property_id) references lodging.rate_plans (id, property_id) on delete restrict
) with (fillfactor = 85);
comment on table lodging.reservations is 'A stay that is paid for, or was booked elsewhere. It has the id of its intent and order.';
comment on column lodging.reservations.confirmation_code is 'For people to read; never a proof of identity by itself.';
comment on column lodging.reservations.payout_id is 'Null while there is none, or more than one.';
create index reservations_host_booking on lodging.reservations (host_booking_id);
create index reservations_host_commit on lodging.reservations (host_commit_status);
create index reservations_payout on lodging.reservations (payout_eligible_at) where payout_eligible_at is not null;
create index reservations_traveler_status on lodging.reservations (traveler_id, status, check_in);
create index reservations_property_booked on lodging.reservations (property_id, booked_at desc);
create index reservations_unit on lodging.reservations (unit_id, property_id);
create index reservations_property_city on lodging.reservations (property_id, city_code);
create index reservations_city on lodging.reservations (city_code, booked_at desc);
create index reservations_status on lodging.reservations (status, check_in);
create index reservations_rate_plan on lodging.reservations (rate_plan_id, property_id);
create index reservations_policy on lodging.reservations (cancellation_policy_id);
create index reservations_payout_row on lodging.reservations (payout_id);
create index reservations_payout_batch on lodging.reservations (payout_batch_id);
create index reservations_check_out on lodging.reservations (check_out);

alter table lodging.booking_intents add constraint booking_intents_reservation_fkey
  foreign key (reservation_id) references lodging.reservations (id) on delete restrict;

create table lodging.property_owners (
  id uuid primary key references payments.payees (id) on delete restrict,
  city_code text not null references core.cities (code) on delete restrict,
  auth_user_id uuid,
  email text not null constraint email_is_normalised check (email = lower(btrim(email))),
  first_name text,
  last_name text,
  phone text,
  bank_details_encrypted text,
  default_payout_schedule_id uuid references payments.payout_schedules (id) on delete restrict,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);
comment on table lodging.property_owners is 'Owners of properties: the person behind a payee, with the same id. Bank details are encrypted by the application.';
create index property_owners_auth on lodging.property_owners (auth_user_id) where auth_user_id is not null;
create index property_owners_email on lodging.property_owners (email);
create index property_owners_city on lodging.property_owners (city_code);
create index property_owners_schedule on lodging.property_owners (default_payout_schedule_id);

create table lodging.property_owner_mappings (
  id uuid primary key default core.new_id(),
  property_id uuid not null references lodging.properties_map (id) on delete restrict,
  owner_id uuid not null references lodging.property_owners (id) on delete restrict,
  ownership_percentage numeric(5, 2) not null default 100 constraint percentage_in_range check (ownership_percentage > 0 and ownership_percentage <= 100),
  is_primary boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_row_per_property_and_owner unique (property_id, owner_id)
);
comment on table lodging.property_owner_mappings is 'Who owns which share of a property.';
create unique index one_primary_owner_per_property on lodging.property_owner_mappings (property_id) where is_primary;
create index property_owner_mappings_property on lodging.property_owner_mappings (property_id);
create index property_owner_mappings_owner on lodging.property_owner_mappings (owner_id);

create table lodging.commission_tiers (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  property_id uuid,
  owner_id uuid references lodging.property_owners (id) on delete restrict,
  min_properties integer constraint min_properties_is_positive check (min_properties > 0),
  max_properties integer constraint volume_range_in_order check (max_properties >= min_properties),
  commission_rate numeric(5, 4) not null constraint commission_rate_in_range check (commission_rate between 0 and 1),
  effective_from date not null,
  effective_to date constraint validity_in_order check (effective_to >= effective_from),
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint one_tier_per_scope_and_start unique nulls not distinct (city_code, property_id, owner_id, min_properties, effective_from),
  constraint commission_tiers_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict
);
comment on table lodging.commission_tiers is 'The share of a stay''s total that the marketplace keeps: of a property, else by the owner''s volume, else of the city. Dates are local to the city.';
create index commission_tiers_city on lodging.commission_tiers (city_code, is_active);
create index commission_tiers_property on lodging.commission_tiers (property_id) where property_id is not null;
create index commission_tiers_property_city on lodging.commission_tiers (property_id, city_code);
create index commission_tiers_owner on lodging.commission_tiers (owner_id);

create table lodging.reviews (
  id uuid primary key default core.new_id(),
  city_code text not null,
  reservation_id uuid unique references lodging.reservations (id) on delete restrict,
  traveler_id uuid references lodging.travelers (id) on delete restrict,
  property_id uuid not null,
  overall_rating integer not null constraint overall_in_range check (overall_rating between 1 and 5),
  cleanliness_rating integer constraint cleanliness_in_range check (cleanliness_rating between 1 and 5),
  service_rating integer constraint service_in_range check (service_rating between 1 and 5),
  location_rating integer constraint location_in_range check (location_rating between 1 and 5),
  value_rating integer constraint value_in_range check (value_rating between 1 and 5),
  title text constraint title_length check (length(title) <= 200),
  content text not null,
  is_verified boolean not null default false,
  is_published boolean not null default false,
  moderation_notes text,
  moderated_by uuid,
  moderated_at timestamptz,
  stay_date date,
  room_type text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint reviews_property_fkey foreign key (property_id, city_code) references lodging.properties_map (id, city_code) on delete restrict
);
comment on table lodging.reviews is 'What guests say of a stay; public once published.';
create index reviews_property on lodging.reviews (property_id, is_published, created_at desc);
create index reviews_traveler on lodging.reviews (traveler_id);
create index reviews_rating on lodging.reviews (property_id, overall_rating) where is_published;
create index reviews_moderation on lodging.reviews (is_published, is_verified);
create index reviews_property_city on lodging.reviews (property_id, city_code);

create table lodging.review_invitations (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  reservation_id uuid not null unique references lodging.reservations (id) on delete restrict,
  traveler_id uuid not null references lodging.travelers (id) on delete restrict,
  property_id uuid not null references lodging.properties_map (id) on delete restrict,
  sent_at timestamptz,
  opened_at timestamptz,
  completed_at timestamptz,
  review_id uuid references lodging.reviews (id) on delete restrict,
  reminder_sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);
comment on table lodging.review_invitations is 'Requests for a review after a stay.';
create index review_invitations_reservation on lodging.review_invitations (reservation_id);
create index review_invitations_status on lodging.review_invitations (completed_at) where completed_at is null;
create index review_invitations_traveler on lodging.review_invitations (traveler_id);
create index review_invitations_property on lodging.review_invitations (property_id);
create index review_invitations_review on lodging.review_invitations (review_id);
create index review_invitations_city on lodging.review_invitations (city_code);

create table lodging.search_config (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  key text not null,
  value jsonb not null,
  constraint one_value_per_city_and_key unique (city_code, key)
);
comment on table lodging.search_config is 'Search tuning per city.';

insert into core.settings (key, value, description) values
  ('lodging.hold_seconds', '{"intent": 900, "payment": 1800, "limit": 2700, "checkout": 1860, "pix": 900, "confirmed": 300}', 'How long nights are held: from the intent, from the start of payment, in all, for a hosted checkout, for PIX, and between payment and reservation.'),
  ('lodging.max_nights', '90', 'The longest stay that may be searched for and booked.'),
  ('lodging.tax_rate', '0', 'Tax on a stay''s discounted price, as a fraction.'),
  ('lodging.fee_amount', '0', 'Fee per stay, in minor units of the property''s currency.'),
  ('lodging.open_holds', '{"per_session": 3, "per_address": 10}', 'How many intents may hold nights at once.'),
  ('lodging.completion_hours', '24', 'How long after check-out a stay is completed, and the owner''s share falls due.'),
  ('lodging.host_commit_seconds', '600', 'How long the Host may take to accept a reservation.'),
  ('outbox.lodging.commit_booking', '{"backoff_seconds": [1, 2, 4], "max_attempts": 3}', 'Telling the Host of a reservation.'),
  ('outbox.lodging.cancel_booking', '{"backoff_seconds": [5, 30, 120, 600], "max_attempts": 8}', 'Telling the Host that a reservation is cancelled.'),
  ('lodging.review_requests', '{"after_days": 1, "reminder_days": 7, "until_days": 30}', 'Days from check-out to the request for a review, from there to the one reminder, and from check-out to when nobody is asked any more.'),
  ('lodging.checkin_reminder_hours', '24', 'How long before the time of check-in a guest is reminded.'),
  ('lodging.commission_rate', '0.15', 'Commission of a new city.');

insert into core.modules (name, position) values ('lodging', 100);
