-- The role that acts: the one set by the API layer, else the login.
-- Who: functions of ours. Locks: none. Never a claim: any SQL client can set claims.
create or replace function access.database_role()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(nullif(current_setting('role', true), 'none'), session_user::text);
end;
$$;
comment on function access.database_role() is 'anon, authenticated or service_role for API calls; the login name for direct connections.';
revoke all on function access.database_role() from public;
grant execute on function access.database_role() to anon, authenticated, service_role;
