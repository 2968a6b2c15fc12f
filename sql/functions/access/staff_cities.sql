-- The cities in which the caller has one of the given roles.
-- Who: functions of ours. Locks: none.
create or replace function access.staff_cities(p_roles text[])
returns text[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(distinct c.code order by c.code), '{}')
  from access.user_roles as r
  join core.cities as c on r.city_code is null or c.code = r.city_code
  where r.user_id = access.subject()
    and r.role = any (p_roles)
    and access.database_role() = 'authenticated'
    and c.code = coalesce(access.city_code(), c.code)
$$;
comment on function access.staff_cities(text[]) is 'Cities in which the signed-in caller has one of the roles, narrowed by the city_code of the token where it has one.';
revoke all on function access.staff_cities(text[]) from public;
