-- The business clock of a test: core.now() stands still until it is let go.

create or replace function tests.freeze_time(frozen_time timestamptz)
returns void language plpgsql volatile as $$
begin
  perform tests.allow_test_clock(true);
  perform set_config('reserve.test_now', freeze_time.frozen_time::text, false);
end $$;

create or replace function tests.unfreeze_time()
returns void language plpgsql volatile as $$
begin
  perform tests.allow_test_clock(false);
  perform set_config('reserve.test_now', '', false);
end $$;

create or replace function tests.allow_test_clock(allowed boolean)
returns void language sql volatile security definer set search_path = '' as $$
  insert into core.settings (key, city_code, value)
  values ('test_clock', 'ALL', to_jsonb(allow_test_clock.allowed))
  on conflict (key, city_code) do update set value = excluded.value
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
