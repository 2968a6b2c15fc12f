-- What the caller is: his strongest role in the city that the token chose, or in any city where it chose none; else the role that acts.
-- Who: everybody. Locks: none. It is for showing; what somebody may do, require_staff decides for the city of the row.
create or replace function access.role()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_acting constant text := access.database_role();
  v_chosen constant text := access.city_code();
  v_given text;
begin
  if v_acting = 'authenticated' then
    select r.role into v_given
    from access.user_roles as r
    where r.user_id = access.subject() and (r.city_code is null or v_chosen is null or r.city_code = v_chosen)
    order by array_position(access.roles(), r.role)
    limit 1;
  end if;
  return coalesce(v_given, v_acting);
end;
$$;
comment on function access.role() is 'admin, city_admin, supervisor, agent or vendor; for everybody else anon, authenticated, service_role or a login.';
revoke all on function access.role() from public;
grant execute on function access.role() to anon, authenticated, service_role;
