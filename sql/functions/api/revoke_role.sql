-- Dismiss somebody: see access.revoke_role.
create or replace function api.revoke_role(p_user_id text, p_role text, p_city_code text)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select access.revoke_role(p_user_id, p_role, p_city_code);
end;
comment on function api.revoke_role(text, text, text) is 'Takes a role in a city away from a user; null stands for the appointment to every city.';
revoke all on function api.revoke_role(text, text, text) from public;
grant execute on function api.revoke_role(text, text, text) to authenticated, service_role;
