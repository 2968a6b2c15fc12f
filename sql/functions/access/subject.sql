-- Who the caller says to be, by a verified token.
-- Who: everybody. Locks: none. In policies: (select access.subject()).
create or replace function access.subject()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_subject constant jsonb := access.claims() -> 'sub';
begin
  return case when jsonb_typeof(v_subject) = 'string' then nullif(v_subject #>> '{}', '') end;
end;
$$;
comment on function access.subject() is 'The JWT subject (any text: a user id of auth.users or of another identity provider); null for guests.';
revoke all on function access.subject() from public;
grant execute on function access.subject() to anon, authenticated, service_role;
