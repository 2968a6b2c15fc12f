-- The roles that can be given, strongest first.
-- Who: functions of ours. Locks: none.
create or replace function access.roles()
returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  select array['admin', 'city_admin', 'supervisor', 'agent', 'vendor']
$$;
comment on function access.roles() is 'Every role of access.user_roles, the strongest first.';
revoke all on function access.roles() from public;
