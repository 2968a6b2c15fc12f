-- Why a unit cannot be booked for a stay.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.
create or replace function lodging.explain_unavailable(p_unit_id uuid, p_check_in date, p_check_out date)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_broken jsonb;
begin
  perform core.require('unit_id', p_unit_id is not null);
  perform lodging.require_stay(p_check_in, p_check_out);
  perform lodging.require_published(p_unit_id);
  v_broken := lodging.broken_rules(p_unit_id, p_check_in, p_check_out);
  return jsonb_build_object('unit_id', p_unit_id, 'available', v_broken = '[]', 'rules', v_broken);
end;
$$;
comment on function lodging.explain_unavailable(uuid, date, date) is 'Every rule that keeps a unit from being booked for a stay.';
revoke all on function lodging.explain_unavailable(uuid, date, date) from public;
grant execute on function lodging.explain_unavailable(uuid, date, date) to anon, authenticated, service_role;
