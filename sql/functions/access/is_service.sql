-- Whether the caller acts for the system: service_role, or a direct login that has its privileges.
-- Who: functions of ours. Locks: none.
create or replace function access.is_service()
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select pg_has_role(access.database_role(), 'service_role', 'usage')
$$;
comment on function access.is_service() is 'Whether the acting role has the privileges of service_role.';
revoke all on function access.is_service() from public;
grant execute on function access.is_service() to anon, authenticated, service_role;
