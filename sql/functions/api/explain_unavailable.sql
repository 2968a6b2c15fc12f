-- Why a unit cannot be booked: see lodging.explain_unavailable.
create or replace function api.explain_unavailable(
  p_unit_id uuid default null, p_check_in date default null, p_check_out date default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.explain_unavailable(p_unit_id, p_check_in, p_check_out);
end;
comment on function api.explain_unavailable(uuid, date, date) is 'Every rule that keeps a unit from being booked for a stay.';
revoke all on function api.explain_unavailable(uuid, date, date) from public;
grant execute on function api.explain_unavailable(uuid, date, date) to anon, authenticated, service_role;
