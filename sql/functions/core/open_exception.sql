-- Put something before a person; once per kind, city, booking and detail while it is open.
-- Who: functions of ours. Locks: the open row of the same case.
create or replace function core.open_exception(p_kind text, p_city_code text, p_booking_id uuid, p_detail jsonb default '{}')
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into core.exceptions as e (kind, city_code, booking_id, detail)
  values (p_kind, p_city_code, p_booking_id, p_detail)
  on conflict (kind, city_code, booking_id, md5(detail::text)) where resolved_at is null
    do update set detail = excluded.detail
  returning e.id into v_id;
  return v_id;
end;
$$;
comment on function core.open_exception(text, text, uuid, jsonb) is 'Adds a case to the exception queue and returns its id, or that of the same case while it is open.';
revoke all on function core.open_exception(text, text, uuid, jsonb) from public;
