-- The city the token chose.
-- Who: everybody. Locks: none.
create or replace function access.city_code()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_city constant jsonb := access.claims() -> 'city_code';
begin
  return case when jsonb_typeof(v_city) = 'string' then nullif(v_city #>> '{}', '') end;
end;
$$;
comment on function access.city_code() is 'The city_code claim; null when absent. It narrows what staff see and grants nothing.';
revoke all on function access.city_code() from public;
grant execute on function access.city_code() to anon, authenticated, service_role;
