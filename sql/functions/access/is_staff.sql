-- Whether the caller has one of the roles in a city, or acts for the system.
-- Who: functions of ours. Locks: none.
create or replace function access.is_staff(p_city_code text, p_roles text[])
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return access.is_service() or coalesce(p_city_code = any (access.staff_cities(p_roles)), false);
end;
$$;
comment on function access.is_staff(text, text[]) is 'Whether the caller has one of the staff roles in the city, or acts for the system.';
revoke all on function access.is_staff(text, text[]) from public;
