-- Say how a case of the exception queue ended: see core.resolve_exception.
create or replace function api.resolve_exception(p_exception_id uuid default null, p_resolution text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.resolve_exception(p_exception_id, p_resolution);
end;
comment on function api.resolve_exception(uuid, text) is 'Resolves a case of the exception queue and returns how it ended.';
revoke all on function api.resolve_exception(uuid, text) from public;
grant execute on function api.resolve_exception(uuid, text) to authenticated, service_role;
