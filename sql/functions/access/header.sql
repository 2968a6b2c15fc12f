-- A header of the caller's HTTP request.
-- Who: functions of ours. Locks: none.
create or replace function access.header(p_name text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return nullif(current_setting('request.headers', true), '')::jsonb ->> p_name;
exception when invalid_text_representation or untranslatable_character then
  return null;
end;
$$;
comment on function access.header(text) is 'A request header by its lower-case name; null when absent.';
revoke all on function access.header(text) from public;
