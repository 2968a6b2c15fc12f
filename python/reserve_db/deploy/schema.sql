-- The engine's own bookkeeping. yoyo keeps its tables in this schema too.
create schema if not exists deploy;

create table if not exists deploy.deploys (
  id bigint generated always as identity primary key,
  deployed_at timestamptz not null default clock_timestamp(),
  deployed_by text not null default session_user,
  client text not null,
  product_version text not null,
  server_version_num integer not null default current_setting('server_version_num')::integer,
  summary jsonb not null
);
comment on table deploy.deploys is 'One row per deploy that changed something: who, when, with what, and what it did.';

create table if not exists deploy.objects (
  file text primary key,
  sha256 text not null,
  applied_at timestamptz not null default clock_timestamp(),
  applied_by text not null default session_user
);
comment on table deploy.objects is 'Every file as it was last applied. An applied migration must keep its hash.';

create table if not exists deploy.catalog (
  kind text not null,
  parent text not null,
  name text not null,
  definition text not null,
  primary key (kind, parent, name)
);
comment on table deploy.catalog is 'The fingerprint: what the last deploy left behind, object by object, in readable form.';
