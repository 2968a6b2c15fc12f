create schema integrations;
comment on schema integrations is 'The Host (property management) and the Portal (content): synchronisation and webhooks.';

create table integrations.city_site_mappings (
  id uuid primary key default core.new_id(),
  city_id uuid not null,
  city_code text not null,
  site_id uuid not null,
  site_slug text not null,
  portal_base_url text,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_row_per_city_and_site unique (city_id, site_id),
  constraint city_site_mappings_city_fkey foreign key (city_id, city_code) references core.cities (id, code) on delete restrict
);
comment on table integrations.city_site_mappings is 'Which site of the Portal belongs to a city.';
create index city_site_mappings_city on integrations.city_site_mappings (city_code) where is_active;
create index city_site_mappings_site on integrations.city_site_mappings (site_slug) where is_active;
create index city_site_mappings_city_key on integrations.city_site_mappings (city_id, city_code);

create table integrations.host_webhook_events (
  id uuid primary key default core.new_id(),
  webhook_id text not null unique,
  city_code text references core.cities (code) on delete restrict,
  event_type text not null,
  host_booking_id text,
  host_property_id text,
  payload jsonb not null,
  signature text,
  processed boolean not null default false,
  processed_at timestamptz,
  error_message text,
  attempts integer not null default 0,
  next_try_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint processed_when_it_was check (processed = (processed_at is not null))
);
comment on table integrations.host_webhook_events is 'Every webhook of the Host, once. city_code is null until the property is known.';
comment on column integrations.host_webhook_events.error_message is 'Why it failed, or why nothing came of it.';
comment on column integrations.host_webhook_events.next_try_at is 'When one that failed is tried again; null once its tries are used up.';
comment on column integrations.host_webhook_events.sent_at is 'The Host''s own time; for display.';
create index host_webhook_events_type on integrations.host_webhook_events (event_type, processed);
create index host_webhook_events_booking on integrations.host_webhook_events (host_booking_id);
create index host_webhook_events_created on integrations.host_webhook_events (created_at desc);
create index host_webhook_events_city on integrations.host_webhook_events (city_code);
create index host_webhook_events_retry on integrations.host_webhook_events (next_try_at) where not processed;

create table integrations.sync_jobs (
  id uuid primary key default core.new_id(),
  kind text not null,
  status text not null default 'running' constraint status_is_known check (status in ('running', 'succeeded', 'failed')),
  cursor text,
  error text,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);
comment on table integrations.sync_jobs is 'Runs of the synchronisation with the Host.';
create index sync_jobs_kind on integrations.sync_jobs (kind, created_at desc);

create table integrations.sync_logs (
  id uuid primary key default core.new_id(),
  sync_job_id uuid not null references integrations.sync_jobs (id) on delete cascade,
  level text not null constraint level_is_known check (level in ('info', 'warning', 'error')),
  message text not null,
  created_at timestamptz not null default clock_timestamp()
);
comment on table integrations.sync_logs is 'What happened in a run.';
create index sync_logs_job on integrations.sync_logs (sync_job_id, created_at);

insert into core.settings (key, value, description) values
  ('host_event_retries', '{"backoff_seconds": [5, 30, 120, 600, 3600], "max_attempts": 6}', 'When a webhook of the Host that failed is tried again, and how often in all.');

insert into core.modules (name, position) values ('integrations', 200);
