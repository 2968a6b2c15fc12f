-- The business clock: the wall clock, or the test clock where this database allows one.
-- Who: every function of ours. Locks: none. Write (select core.now()) in queries.
create or replace function core.now()
returns timestamptz
language plpgsql volatile security definer parallel safe
set search_path = ''
as $$
begin
  if nullif(current_setting('reserve.test_now', true), '') is not null
     and (select s.value from core.settings as s where s.key = 'test_clock' and s.city_code = 'ALL') = 'true' then
    return current_setting('reserve.test_now')::timestamptz;
  end if;
  return clock_timestamp();
end;
$$;
comment on function core.now() is 'The time for business rules. Tests may set reserve.test_now where the setting test_clock is true.';
revoke all on function core.now() from public;
grant execute on function core.now() to anon, authenticated, service_role;
