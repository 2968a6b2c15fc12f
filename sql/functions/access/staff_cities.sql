-- The cities in which the caller has one of the given roles. ALL, whose rows belong to no city, is for administrators alone.
-- Who: functions of ours. Locks: none.
create or replace function access.staff_cities(p_roles text[])
returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_subject constant text := access.subject();
  v_chosen constant text := access.city_code();
begin
  if v_subject is null or access.database_role() <> 'authenticated' then
    return '{}'::text[];
  end if;
  return (
    select coalesce(array_agg(distinct c.code order by c.code), '{}')
    from access.user_roles as r
    join core.cities as c on r.city_code is null or c.code = r.city_code
    where r.user_id = v_subject
      and r.role = any (p_roles)
      and (c.code <> 'ALL' or r.role = 'admin')
      and (v_chosen is null or c.code = v_chosen));
end;
$$;
comment on function access.staff_cities(text[]) is 'Cities in which the signed-in caller has one of the roles, narrowed by the city_code of the token where it has one.';
revoke all on function access.staff_cities(text[]) from public;
