-- Appoint somebody: see access.grant_role.
create or replace function api.grant_role(p_user_id text, p_role text, p_city_code text)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select access.grant_role(p_user_id, p_role, p_city_code);
end;
comment on function api.grant_role(text, text, text) is 'Gives a user a role in a city; null stands for every city.';
revoke all on function api.grant_role(text, text, text) from public;
grant execute on function api.grant_role(text, text, text) to authenticated, service_role;
