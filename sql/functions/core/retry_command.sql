-- Take a dead command back: it is due now, with all its tries, and the cases that name it are resolved. No other
-- command is touched. Its module is told, and may refuse.
-- Who: admin, city admin, supervisor or agent of its city, or service_role. Locks: the command, then what <module>.on_command_done locks.
-- Fails with: UNAUTHORIZED, FORBIDDEN, NOT_FOUND, INVALID_TRANSITION (it is not dead, or what it was for is over).
create or replace function core.retry_command(p_command_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
begin
  perform access.require_staff(
    (select o.city_code from core.outbox as o where o.id = p_command_id), array['admin', 'city_admin', 'supervisor', 'agent']);
  select * into v_command from core.outbox as o where o.id = p_command_id for update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('command', p_command_id));
  end if;
  if v_command.status <> 'dead' then
    perform core.raise_invalid_transition('outbox', v_command.status, 'pending');
  end if;

  update core.outbox as o
  set status = 'pending', finished_at = null, attempts = 0, next_attempt_at = core.now(), retried_at = clock_timestamp()
  where o.id = p_command_id;
  update core.exceptions as e
  set resolved_at = clock_timestamp(), resolved_by = coalesce(access.subject(), access.database_role()), resolution = 'retried'
  where e.city_code = v_command.city_code and e.booking_id is not distinct from v_command.booking_id
    and e.detail ->> 'command_id' = p_command_id::text and e.resolved_at is null;
  perform core.call_command_handler(v_command, 'retried', null);
  return jsonb_build_object('id', p_command_id, 'status', 'pending');
end;
$$;
comment on function core.retry_command(uuid) is 'Takes a dead command back into its queue; the worker first looks whether it succeeded after all.';
revoke all on function core.retry_command(uuid) from public;
grant execute on function core.retry_command(uuid) to authenticated, service_role;
