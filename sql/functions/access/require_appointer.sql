-- Demand that the caller may give or take a role: administrators of every city any role; those of one city, by its agents and
-- supervisors. A token that chose a city appoints for that city only.
-- Appointments are made one after another, so that nobody appoints who is being dismissed at this moment.
-- Who: grant_role, revoke_role. Locks: user_roles, against other appointments; reading goes on.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, UNAUTHORIZED, FORBIDDEN.
create or replace function access.require_appointer(p_user_id text, p_role text, p_city_code text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_subject constant text := access.subject();
  v_chosen constant text := access.city_code();
begin
  perform core.require('user_id', p_user_id is not null);
  perform core.require_valid('user_id', length(p_user_id) between 1 and 255, '1 to 255 characters');
  perform core.require('role', p_role is not null);
  perform core.require_valid('role', p_role = any (access.roles()), array_to_string(access.roles(), ', '));

  lock table access.user_roles in share row exclusive mode;
  if p_role in ('supervisor', 'agent') and access.is_staff(p_city_code, array['admin', 'city_admin'])
     or access.is_service()
     or access.database_role() = 'authenticated' and coalesce(v_chosen = p_city_code, v_chosen is null)
        and exists (
          select from access.user_roles as r where r.user_id = v_subject and r.role = 'admin' and r.city_code is null)
  then
    perform core.require_valid('city_code',
      p_city_code is null or exists (select from core.cities as c where c.code = p_city_code), 'a city, or null for every city');
    return;
  end if;
  if v_subject is null then
    perform core.raise('UNAUTHORIZED');
  end if;
  perform core.raise('FORBIDDEN', jsonb_build_object('role', p_role, 'city_code', p_city_code));
end;
$$;
comment on function access.require_appointer(text, text, text) is 'Raises unless the caller may give this role in this city, or take it away.';
revoke all on function access.require_appointer(text, text, text) from public;
