create schema services;
comment on schema services is 'Tables for a later phase: what is owed to and by others, and a market of services. Structure only.';

create table services.service_providers (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  provider_type text,
  name text not null,
  contact_info jsonb not null default '{}',
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.service_providers is 'PHASE 3 ONLY - Do not implement business logic yet';
create index service_providers_city on services.service_providers (city_code);

create table services.service_catalog (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  property_id uuid references lodging.properties_map (id) on delete restrict,
  provider_id uuid references services.service_providers (id) on delete restrict,
  service_type text not null,
  name text not null,
  pricing_type text,
  base_price bigint constraint base_price_not_negative check (base_price >= 0),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.service_catalog is 'PHASE 3 ONLY - Do not implement business logic yet';
create index service_catalog_city on services.service_catalog (city_code);
create index service_catalog_property on services.service_catalog (property_id);
create index service_catalog_provider on services.service_catalog (provider_id);

create table services.service_orders (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  reservation_id uuid references lodging.reservations (id) on delete restrict,
  property_id uuid references lodging.properties_map (id) on delete restrict,
  service_id uuid references services.service_catalog (id) on delete restrict,
  status text not null default 'pending',
  total_amount bigint constraint total_not_negative check (total_amount >= 0),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.service_orders is 'PHASE 3 ONLY - Do not implement business logic yet';
create index service_orders_city on services.service_orders (city_code);
create index service_orders_reservation on services.service_orders (reservation_id);
create index service_orders_property on services.service_orders (property_id);
create index service_orders_service on services.service_orders (service_id);

create table services.service_payouts (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.service_payouts is 'PHASE 3 ONLY - Do not implement business logic yet';
create index service_payouts_city on services.service_payouts (city_code);

create table services.vendor_payables (
  id uuid primary key default core.new_id(),
  payable_code text unique,
  city_code text not null references core.cities (code) on delete restrict,
  vendor_id uuid references services.service_providers (id) on delete restrict,
  property_id uuid references lodging.properties_map (id) on delete restrict,
  reservation_id uuid references lodging.reservations (id) on delete restrict,
  amount bigint not null constraint amount_not_negative check (amount >= 0),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  description text,
  due_date date not null,
  status text not null default 'pending' constraint status_is_known check (status in ('pending', 'approved', 'scheduled', 'paid')),
  ledger_transaction_id uuid references ledger.ledger_transactions (id) on delete restrict,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.vendor_payables is 'PHASE 3 ONLY - Do not implement business logic yet';
create index vendor_payables_city on services.vendor_payables (city_code);
create index vendor_payables_vendor on services.vendor_payables (vendor_id);
create index vendor_payables_property on services.vendor_payables (property_id);
create index vendor_payables_reservation on services.vendor_payables (reservation_id);
create index vendor_payables_ledger on services.vendor_payables (ledger_transaction_id);

create table services.receivables (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  entity_type text not null,
  entity_id uuid not null,
  amount bigint not null constraint amount_not_negative check (amount >= 0),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  due_date date,
  status text not null default 'pending',
  ledger_transaction_id uuid references ledger.ledger_transactions (id) on delete restrict,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.receivables is 'PHASE 3 ONLY - Do not implement business logic yet';
create index receivables_city on services.receivables (city_code);
create index receivables_ledger on services.receivables (ledger_transaction_id);

create table services.invoices (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  created_at timestamptz not null default clock_timestamp()
);
comment on table services.invoices is 'PHASE 3 ONLY - Do not implement business logic yet';
create index invoices_city on services.invoices (city_code);

insert into core.modules (name, position) values ('services', 230);
