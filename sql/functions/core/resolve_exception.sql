-- Take a case from the queue and say how it ended; what waited for it goes on. A case that has ended keeps its end.
-- Who: admin, city admin, supervisor or agent of its city, service_role. Locks: the case.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.
create or replace function core.resolve_exception(p_exception_id uuid, p_resolution text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_case core.exceptions;
begin
  perform core.require('exception_id', p_exception_id is not null);
  perform core.require('resolution', p_resolution is not null);
  perform core.require_valid('resolution', length(btrim(p_resolution)) between 1 and 1000, '1 to 1000 characters');
  select * into v_case from core.exceptions as e where e.id = p_exception_id for no key update;
  perform access.require_staff(coalesce(v_case.city_code, 'ALL'), array['admin', 'city_admin', 'supervisor', 'agent']);
  if v_case.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('exception_id', p_exception_id));
  end if;

  if v_case.resolved_at is null then
    update core.exceptions as e
    set resolved_at = clock_timestamp(), resolved_by = coalesce(access.subject(), access.database_role()), resolution = btrim(p_resolution)
    where e.id = p_exception_id
    returning * into v_case;
  end if;
  return jsonb_build_object(
    'id', v_case.id, 'kind', v_case.kind, 'booking_id', v_case.booking_id,
    'resolved_at', v_case.resolved_at, 'resolved_by', v_case.resolved_by, 'resolution', v_case.resolution);
end;
$$;
comment on function core.resolve_exception(uuid, text) is 'Resolves a case of the exception queue and returns how it ended.';
revoke all on function core.resolve_exception(uuid, text) from public;
grant execute on function core.resolve_exception(uuid, text) to authenticated, service_role;
