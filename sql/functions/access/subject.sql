-- Who the caller says to be, by a verified token.
-- Who: everybody. Locks: none. In policies: (select access.subject()).
create or replace function access.subject()
returns text
language sql stable security definer
set search_path = ''
as $$
  select case when jsonb_typeof(access.claims() -> 'sub') = 'string' then nullif(access.claims() ->> 'sub', '') end
$$;
comment on function access.subject() is 'The JWT subject (any text: a user id of auth.users or of another identity provider); null for guests.';
revoke all on function access.subject() from public;
grant execute on function access.subject() to anon, authenticated, service_role;
