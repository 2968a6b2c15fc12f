create schema audit;
comment on schema audit is 'The record of every change of state and money. Insert-only, for every writer.';

create table audit.audit_logs (
  id uuid primary key default core.new_id(),
  seq bigint generated always as identity unique,
  event_type text not null,
  entity_type text not null,
  entity_id uuid not null,
  actor_id uuid,
  actor_subject text,
  actor_type text not null,
  city_code text,
  request_id text,
  metadata jsonb not null default '{}',
  stripe_event_id text,
  created_at timestamptz not null default clock_timestamp(),
  constraint actor_is_the_subject check (actor_id is null or actor_id::text = lower(actor_subject))
);
comment on table audit.audit_logs is 'One row per change: what, by whom, and which columns went from what to what. Personal data and secrets are masked.';
comment on column audit.audit_logs.actor_id is 'The user of auth.users; null when the subject is no such user, or that user is gone.';
comment on column audit.audit_logs.actor_subject is 'The JWT subject as text, or the database login.';
create index audit_logs_entity on audit.audit_logs (entity_type, entity_id);
create index audit_logs_created on audit.audit_logs (created_at);
create index audit_logs_city on audit.audit_logs (city_code, created_at desc);

create table audit.marks (
  audit_seq bigint primary key,
  ledger_seq bigint not null,
  marked_at timestamptz not null default clock_timestamp()
);
comment on table audit.marks is 'Places in the audit log and in the books up to which every row is committed or never will be. Snapshots and seals end at them.';
create index marks_time on audit.marks (marked_at);

create table audit.seals (
  city_code text not null,
  number bigint not null,
  source text not null constraint source_is_known check (source in ('audit_logs', 'ledger_transactions')),
  up_to_seq bigint not null,
  seqs bigint[] not null,
  digests bytea[] not null,
  sealed_at timestamptz not null,
  head bytea not null unique,
  primary key (city_code, number),
  constraint a_digest_for_every_record check (cardinality(seqs) = cardinality(digests))
);
comment on table audit.seals is 'A hash chain for each city over its audit rows and its transactions, some at a time. Rows without a city belong to ALL.';
comment on column audit.seals.up_to_seq is 'Where the batch ended that was sealed together, for all cities.';
comment on column audit.seals.head is 'SHA-256 over the head before it and the other columns.';
create index seals_progress on audit.seals (source, up_to_seq);

insert into core.settings (key, value, description) values
  ('audit_mark_seconds', '60', 'How long at least between two marks; what follows a mark is sealed, and its heads published.');

insert into core.modules (name, position) values ('audit', 30);
