-- The caller's subject where it is a uuid.
-- Who: everybody. Locks: none.
create or replace function access.user_id()
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_subject constant text := access.subject();
begin
  return case when v_subject ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then v_subject::uuid end;
end;
$$;
comment on function access.user_id() is 'The JWT subject as uuid; null when it is none.';
revoke all on function access.user_id() from public;
grant execute on function access.user_id() to anon, authenticated, service_role;
