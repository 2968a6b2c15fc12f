-- A setting: the city's own value, else that of ALL.
-- Who: functions of ours. Locks: none. Fails with: INTERNAL_ERROR where no such key exists.
create or replace function core.setting(p_key text, p_city_code text default 'ALL')
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_value jsonb;
begin
  select s.value into v_value
  from core.settings as s
  where s.key = p_key and s.city_code in (p_city_code, 'ALL')
  order by s.city_code = 'ALL'
  limit 1;
  if not found then
    perform core.raise('INTERNAL_ERROR', jsonb_build_object('setting', p_key));
  end if;
  return v_value;
end;
$$;
comment on function core.setting(text, text) is 'The value of a setting for a city, falling back to the value for all cities.';
revoke all on function core.setting(text, text) from public;
