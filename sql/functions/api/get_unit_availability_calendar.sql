-- The nights of a unit: see lodging.get_unit_availability_calendar.
create or replace function api.get_unit_availability_calendar(
  p_unit_id uuid default null, p_property_id uuid default null, p_start_date date default null,
  p_end_date date default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.get_unit_availability_calendar(p_unit_id, p_property_id, p_start_date, p_end_date);
end;
comment on function api.get_unit_availability_calendar(uuid, uuid, date, date) is
  'Prices, restrictions and stock of a unit by night, both dates included.';
revoke all on function api.get_unit_availability_calendar(uuid, uuid, date, date) from public;
grant execute on function api.get_unit_availability_calendar(uuid, uuid, date, date) to anon, authenticated, service_role;
