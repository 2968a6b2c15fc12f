-- What a unit costs for a stay: see lodging.quote_stay.
create or replace function api.quote_stay(
  p_unit_id uuid default null, p_check_in date default null, p_check_out date default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.quote_stay(p_unit_id, p_check_in, p_check_out);
end;
comment on function api.quote_stay(uuid, date, date) is 'The prices of a unit for a stay: without a rate plan, and in each that sells it.';
revoke all on function api.quote_stay(uuid, date, date) from public;
grant execute on function api.quote_stay(uuid, date, date) to anon, authenticated, service_role;
