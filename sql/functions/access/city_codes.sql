-- The cities whose rows the caller may see as staff. A token's city_code only chooses among them.
-- Who: policies, as city_code = any ((select access.city_codes())::text[]). Locks: none.
create or replace function access.city_codes()
returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return access.staff_cities(array['admin', 'city_admin', 'supervisor', 'agent']);
end;
$$;
comment on function access.city_codes() is 'Cities of which the caller is staff; empty for everybody else.';
revoke all on function access.city_codes() from public;
grant execute on function access.city_codes() to anon, authenticated, service_role;
