-- The caller's session hash for policies: null instead of an error for a malformed id.
-- Who: policies, as session_hash = (select access.guest_session()). Locks: none.
create or replace function access.guest_session()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_session constant text := access.header('x-session-id');
begin
  return case when length(v_session) between 16 and 100 then encode(sha256(convert_to(v_session, 'UTF8')), 'hex') end;
end;
$$;
comment on function access.guest_session() is 'SHA-256 (hex) of the header x-session-id; null where it is missing or malformed.';
revoke all on function access.guest_session() from public;
grant execute on function access.guest_session() to anon, authenticated, service_role;
