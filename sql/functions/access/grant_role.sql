-- Appoint somebody, in one city or, where p_city_code is null, in every city. Again changes nothing. The audit log has who did it.
-- Who: an administrator, for supervisors and agents of his city also its city admin; service_role.
-- Locks, fails with: as require_appointer.
create or replace function access.grant_role(p_user_id text, p_role text, p_city_code text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform access.require_appointer(p_user_id, p_role, p_city_code);
  insert into access.user_roles (user_id, role, city_code) values (p_user_id, p_role, p_city_code)
  on conflict (user_id, role, city_code) do nothing;
  return jsonb_build_object('user_id', p_user_id, 'role', p_role, 'city_code', p_city_code, 'is_granted', true);
end;
$$;
comment on function access.grant_role(text, text, text) is 'Gives a user a role in a city; null stands for every city.';
revoke all on function access.grant_role(text, text, text) from public;
grant execute on function access.grant_role(text, text, text) to authenticated, service_role;
