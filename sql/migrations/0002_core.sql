create schema core;
comment on schema core is 'What every module stands on: errors, clock, ids, currencies, cities, settings, idempotency, state machines, outbox, exceptions.';

-- Time-ordered ids (UUID version 7). PostgreSQL 18 has them built in; before, the same layout with
-- microseconds in the twelve bits after the version.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create function core.new_id() returns uuid language sql volatile parallel safe set search_path = '' as
      $f$ select uuidv7() $f$;
  else
    create function core.new_id() returns uuid language sql volatile parallel safe set search_path = '' as
      $f$
        select encode(
          overlay(
            uuid_send(gen_random_uuid())
            placing int8send(((t.us / 1000) << 16) | 28672 | ((t.us % 1000) * 4096 / 1000))
            from 1 for 8),
          'hex')::uuid
        from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as t
      $f$;
  end if;
end $$;
comment on function core.new_id() is 'A new time-ordered id (UUID version 7).';

create table core.modules (
  name text primary key,
  position integer not null unique
);
comment on table core.modules is 'The modules of this database, in deployment order; hooks are called in this order.';

create table core.currencies (
  code text primary key constraint code_is_upper_case check (code ~ '^[A-Z]{3,6}$'),
  exponent smallint not null constraint exponent_in_range check (exponent between 0 and 6),
  name text not null
);
comment on table core.currencies is 'ISO 4217 currencies, and CREDIT for prepaid credits. An amount of 1 minor unit is 10^-exponent of the currency.';
insert into core.currencies (code, exponent, name) values
  ('BRL', 2, 'Brazilian real'), ('USD', 2, 'US dollar'), ('EUR', 2, 'Euro'), ('DKK', 2, 'Danish krone'),
  ('GBP', 2, 'Pound sterling'), ('CAD', 2, 'Canadian dollar'), ('AUD', 2, 'Australian dollar'),
  ('MXN', 2, 'Mexican peso'), ('ARS', 2, 'Argentine peso'), ('CLP', 0, 'Chilean peso'),
  ('COP', 2, 'Colombian peso'), ('UYU', 2, 'Uruguayan peso'), ('PYG', 0, 'Paraguayan guarani'),
  ('CHF', 2, 'Swiss franc'), ('SEK', 2, 'Swedish krona'), ('NOK', 2, 'Norwegian krone'),
  ('JPY', 0, 'Japanese yen'), ('CREDIT', 6, 'Prepaid credit');

create table core.cities (
  id uuid primary key default core.new_id(),
  code text not null unique constraint code_is_short_and_upper_case check (code ~ '^[A-Z0-9]{2,10}$'),
  name text not null,
  state text,
  timezone text not null constraint timezone_exists check (timezone('UTC', timezone(timezone, timestamp '2000-01-01')) is not null),
  currency text not null default 'BRL' references core.currencies (code) on delete restrict,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint id_and_code_together unique (id, code)
);
comment on table core.cities is 'The tenants. Rows of most tables belong to one city; ALL is the reserved city of product lines without one.';
create index cities_currency on core.cities (currency);
insert into core.cities (code, name, timezone, currency) values ('ALL', 'Everywhere', 'UTC', 'USD');

create table core.settings (
  id uuid primary key default core.new_id(),
  key text not null,
  city_code text not null default 'ALL' references core.cities (code) on delete cascade,
  value jsonb not null,
  description text,
  updated_at timestamptz not null default clock_timestamp(),
  constraint one_value_per_key_and_city unique (key, city_code)
);
comment on table core.settings is 'Figures an operator may change. A row for a city overrides the row of ALL.';
create index settings_city on core.settings (city_code);
insert into core.settings (key, value, description) values
  ('test_clock', 'false', 'Whether core.now() obeys reserve.test_now. Only for tests.'),
  ('outbox', '{"backoff_seconds": [1, 2, 4, 8, 16, 32, 60, 300, 900], "max_attempts": 10, "lease_seconds": 60}', 'Waits between tries of a command, tries in all, and how long a claim lasts. outbox.<topic> overrides it.'),
  ('idempotency_hours', '24', 'How long the answer to an idempotency key is kept.'),
  ('client_address_position', '1', 'Which entry of the header x-forwarded-for is the client: 1 the first, -1 the last, as the proxies in front write it.');

create table core.idempotency_keys (
  scope text not null,
  key text not null constraint key_length check (length(key) between 1 and 255),
  request_hash bytea not null,
  response jsonb,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  primary key (scope, key)
);
comment on table core.idempotency_keys is 'Answers given to calls with an idempotency key. The scope names the function and the caller.';
create index idempotency_keys_expiry on core.idempotency_keys (expires_at);

create table core.state_transitions (
  machine text not null,
  from_state text not null,
  to_state text not null constraint no_self_loop check (to_state <> from_state),
  event text not null,
  actor text not null constraint actor_is_known check (actor in ('customer', 'staff', 'host', 'provider', 'system')),
  primary key (machine, from_state, to_state)
);
comment on table core.state_transitions is 'Every legal change of every status column. from_state [*] names the states a new row may have.';

create table core.outbox (
  id uuid primary key default core.new_id(),
  seq bigint generated always as identity unique,
  topic text not null constraint topic_is_module_and_verb check (topic ~ '^[a-z_]+[.][a-z_]+$'),
  queue_key text not null,
  city_code text not null references core.cities (code) on delete restrict,
  booking_id uuid,
  payload jsonb not null default '{}',
  status text not null default 'pending' constraint status_is_known check (status in ('pending', 'done', 'dead', 'cancelled')),
  generation integer not null default 0,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  claimed_by text,
  claim_token uuid,
  claimed_until timestamptz,
  last_error jsonb,
  response jsonb,
  created_at timestamptz not null default clock_timestamp(),
  retried_at timestamptz,
  finished_at timestamptz,
  constraint claim_names_worker_and_end check (claim_token is null or (claimed_by is not null and claimed_until is not null)),
  constraint finished_when_not_pending check ((status = 'pending') = (finished_at is null))
) with (fillfactor = 85);
comment on table core.outbox is 'Commands to the outside world (refunds, cancellations, Host commits, …), written by the transaction that decides them and carried out by workers. Commands of one queue_key go one at a time, in order.';
comment on column core.outbox.generation is 'Part of the key the provider sees: it rises when the provider answered with an error, since it would repeat that answer for ever.';
comment on column core.outbox.claim_token is 'Who holds this token may report the outcome; a new claim replaces it.';
comment on column core.outbox.retried_at is 'When staff took the command back from the dead.';
create unique index one_claim_per_queue on core.outbox (queue_key) where status = 'pending' and claim_token is not null;
create index outbox_due on core.outbox (next_attempt_at, seq) where status = 'pending';
create index outbox_queue on core.outbox (queue_key, seq) where status = 'pending';
create index outbox_dead on core.outbox (topic) where status = 'dead';
create index outbox_booking on core.outbox (booking_id);
create index outbox_city on core.outbox (city_code, created_at desc);

create table core.exceptions (
  id uuid primary key default core.new_id(),
  kind text not null,
  city_code text not null references core.cities (code) on delete restrict,
  booking_id uuid,
  detail jsonb not null default '{}',
  opened_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  constraint resolved_by_somebody check ((resolved_at is null) = (resolved_by is null))
);
comment on table core.exceptions is 'What a person must look at: payments that do not match, bookings that could not be kept, commands that died.';
create unique index one_open_exception_per_case on core.exceptions (kind, city_code, booking_id, md5(detail::text))
  nulls not distinct where resolved_at is null;
create index exceptions_city on core.exceptions (city_code, opened_at desc);
create index exceptions_booking on core.exceptions (booking_id);

insert into core.modules (name, position) values ('core', 10);
