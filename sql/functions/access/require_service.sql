-- Who: functions for the system only. Fails with: FORBIDDEN.
create or replace function access.require_service()
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if not access.is_service() then
    perform core.raise('FORBIDDEN', jsonb_build_object('needs', 'service_role'));
  end if;
end;
$$;
comment on function access.require_service() is 'Raises FORBIDDEN unless the caller acts for the system.';
revoke all on function access.require_service() from public;
