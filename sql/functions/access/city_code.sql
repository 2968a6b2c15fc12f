-- The city the token chose.
-- Who: everybody. Locks: none.
create or replace function access.city_code()
returns text
language sql stable security definer
set search_path = ''
as $$
  select case when jsonb_typeof(access.claims() -> 'city_code') = 'string' then nullif(access.claims() ->> 'city_code', '') end
$$;
comment on function access.city_code() is 'The city_code claim; null when absent. It narrows what staff see and grants nothing.';
revoke all on function access.city_code() from public;
grant execute on function access.city_code() to anon, authenticated, service_role;
