-- The date in a city now.
-- Who: functions of ours. Locks: none.
create or replace function core.today(p_city_code text)
returns date
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return (select (core.now() at time zone c.timezone)::date from core.cities as c where c.code = p_city_code);
end;
$$;
comment on function core.today(text) is 'Today''s date in the time zone of a city; null for an unknown city.';
revoke all on function core.today(text) from public;
