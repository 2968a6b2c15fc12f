-- Whether the caller acts for the system: service_role, a direct login that has its privileges, or the owner of this schema
-- (current_user, inside a definer), who may be a scheduler's login.
-- Who: functions of ours. Locks: none.
create or replace function access.is_service()
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_role constant text := access.database_role();
begin
  return pg_has_role(v_role, 'service_role', 'usage') or pg_has_role(v_role, current_user, 'usage');
end;
$$;
comment on function access.is_service() is 'Whether the acting role has the privileges of service_role or of the owner of the schema.';
revoke all on function access.is_service() from public;
grant execute on function access.is_service() to anon, authenticated, service_role;
