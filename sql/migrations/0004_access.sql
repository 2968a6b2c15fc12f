create schema access;
comment on schema access is 'Who is asking: subject, role, cities, guest session; and the guards that functions begin with.';

create table access.user_roles (
  id uuid primary key default core.new_id(),
  user_id text not null,
  role text not null constraint role_is_known check (role in ('admin', 'city_admin', 'supervisor', 'agent', 'vendor')),
  city_code text references core.cities (code) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_row_per_user_role_and_city unique nulls not distinct (user_id, role, city_code)
);
comment on table access.user_roles is 'Staff. user_id is the JWT subject; a null city means every city.';
create index user_roles_city on access.user_roles (city_code);

create table access.daily_salts (
  day date primary key,
  salt bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
comment on table access.daily_salts is 'Salt of the day for hashing network addresses. Old salts are deleted, so that old hashes cannot be reversed.';

insert into core.modules (name, position) values ('access', 20);
