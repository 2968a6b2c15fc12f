-- Put something before a person; once per kind, booking and detail while it is open.
-- Who: functions of ours. Locks: none.
create or replace function core.open_exception(p_kind text, p_city_code text, p_booking_id uuid, p_detail jsonb default '{}')
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  select e.id into v_id from core.exceptions as e
  where e.kind = p_kind and e.booking_id is not distinct from p_booking_id and e.detail = p_detail and e.resolved_at is null;
  if v_id is null then
    insert into core.exceptions (kind, city_code, booking_id, detail)
    values (p_kind, p_city_code, p_booking_id, p_detail)
    returning id into v_id;
  end if;
  return v_id;
end;
$$;
comment on function core.open_exception(text, text, uuid, jsonb) is 'Adds a case to the exception queue and returns its id.';
revoke all on function core.open_exception(text, text, uuid, jsonb) from public;
