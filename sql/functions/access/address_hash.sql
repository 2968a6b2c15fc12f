-- The caller's network address, hashed with the salt of the day.
-- Who: functions of ours. Locks: none, but for the first call of a day, which makes the salt and deletes old ones.
create or replace function access.address_hash()
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_position constant integer := core.setting('client_address_position')::integer;
  v_address constant text := btrim(split_part(access.header('x-forwarded-for'), ',', v_position));
  v_today constant date := (core.now() at time zone 'UTC')::date;
  v_salt bytea;
begin
  if coalesce(v_address, '') = '' then
    return null;
  end if;
  select s.salt into v_salt from access.daily_salts as s where s.day = v_today;
  if not found then
    delete from access.daily_salts as s where s.day < v_today - 1;
    insert into access.daily_salts (day) values (v_today) on conflict (day) do nothing;
    select s.salt into strict v_salt from access.daily_salts as s where s.day = v_today;
  end if;
  return encode(sha256(v_salt || convert_to(v_address, 'UTF8')), 'hex');
end;
$$;
comment on function access.address_hash() is 'Salted hash of the client''s address in x-forwarded-for (the setting client_address_position says which entry); null where there is none. It changes every day.';
revoke all on function access.address_hash() from public;
