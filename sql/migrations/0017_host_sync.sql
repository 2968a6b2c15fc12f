-- What the Host lists, as it comes in JSON.
create type lodging.host_property as (
  host_property_id text, city_code text, name text, property_type text, slug text, description text, address text, state text,
  lat double precision, lng double precision, images text[], amenities text[], currency text,
  check_in_time time, check_out_time time, is_active boolean);
create type lodging.host_room_type as (
  host_unit_id text, host_property_id text, name text, room_type text,
  max_guests smallint, max_adults smallint, max_children smallint, is_active boolean);
create type lodging.host_night as (
  host_unit_id text, date date, allotment integer, base_price bigint, discounted_price bigint, is_available boolean,
  closed_to_arrival boolean, closed_to_departure boolean,
  min_stay smallint, max_stay smallint, min_stay_through smallint, max_stay_through smallint);

alter table lodging.properties_map add column vanished_at timestamptz;
comment on column lodging.properties_map.vanished_at is
  'Since when the Host lists it no more and it is therefore not published; it is again once the Host lists it.';
comment on column lodging.properties_map.is_active is 'Whether the Host sells it; is_published is for the marketplace to decide.';
comment on column lodging.properties_map.synced_at is 'When the Host listed it last.';
alter table lodging.unit_map add column synced_at timestamptz;
comment on column lodging.unit_map.synced_at is 'When the Host listed it last.';

-- Nothing ran the jobs there are.
update integrations.sync_jobs set status = 'failed', finished_at = clock_timestamp() where status = 'running';
alter table integrations.sync_jobs
  add column pages integer not null default 0,
  add column items integer not null default 0,
  add column skipped integer not null default 0;
comment on column integrations.sync_jobs.cursor is 'Behind the last page that was applied: what died goes on from here, and the next run over availability begins here.';
comment on column integrations.sync_jobs.items is 'What came, including what was skipped because it was malformed.';
-- squawk-ignore require-concurrent-index-creation
create unique index one_running_job_per_kind on integrations.sync_jobs (kind) where status = 'running';
alter table integrations.sync_logs add column detail jsonb not null default '{}';
comment on column integrations.sync_logs.detail is 'The item that was skipped, the error, the counts.';

insert into core.state_transitions (machine, from_state, to_state, event, actor) values
  ('sync_job', 'failed', 'running', 'resumed', 'system');

insert into core.settings (key, value, description) values
  ('host_sync', '{"page_items": 100, "properties_seconds": null, "room_types_seconds": null, "availability_seconds": null}',
   'How many items of the Host come at once (1 to 500), and how often each kind is synchronised by itself; null: only when it is asked for.'),
  ('outbox.integrations.fetch_host_page', '{"backoff_seconds": [2, 10, 60, 300], "max_attempts": 6}',
   'Asking the Host for the next page of a synchronisation.');
