-- Dismiss somebody from one appointment, which is named as it was made. Again changes nothing. The audit log has who did it.
-- Nobody dismisses himself: whoever dismisses an administrator is one and stays it, so that there is always one left.
-- Who: as grant_role. Locks, fails with: as require_appointer.
create or replace function access.revoke_role(p_user_id text, p_role text, p_city_code text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform access.require_appointer(p_user_id, p_role, p_city_code);
  if p_user_id = access.subject() then
    perform core.raise('FORBIDDEN', jsonb_build_object('user_id', p_user_id, 'reason', 'Nobody dismisses himself.'));
  end if;
  delete from access.user_roles as r
  where r.user_id = p_user_id and r.role = p_role and r.city_code is not distinct from p_city_code;
  return jsonb_build_object('user_id', p_user_id, 'role', p_role, 'city_code', p_city_code, 'is_granted', false);
end;
$$;
comment on function access.revoke_role(text, text, text) is 'Takes a role in a city away from a user; null stands for the appointment to every city.';
revoke all on function access.revoke_role(text, text, text) from public;
grant execute on function access.revoke_role(text, text, text) to authenticated, service_role;
