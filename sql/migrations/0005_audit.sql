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
  created_at timestamptz not null default clock_timestamp()
);
comment on table audit.audit_logs is 'One row per change: what, by whom, and which columns went from what to what. Personal data and secrets are masked.';
comment on column audit.audit_logs.actor_id is 'The user of auth.users; null when the subject is no such user, or that user is gone.';
comment on column audit.audit_logs.actor_subject is 'The JWT subject as text, or the database login.';
create index audit_logs_entity on audit.audit_logs (entity_type, entity_id);
create index audit_logs_created on audit.audit_logs (created_at);
create index audit_logs_city on audit.audit_logs (city_code, created_at desc);

insert into core.modules (name, position) values ('audit', 30);
