-- Process a webhook of the Host again, after a person put right what was in its way.
-- Who: agents and above of its city, service_role. Locks: the event, then what the stay locks.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND.
create or replace function integrations.retry_host_event(p_event_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event integrations.host_webhook_events;
begin
  perform core.require('event_id', p_event_id is not null);
  select * into v_event from integrations.host_webhook_events as e where e.id = p_event_id;
  perform access.require_staff(coalesce(v_event.city_code, 'ALL'), array['admin', 'city_admin', 'supervisor', 'agent']);
  if v_event.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('event_id', p_event_id));
  end if;
  return jsonb_build_object('event_id', p_event_id, 'processed', integrations.process_host_event(p_event_id));
end;
$$;
comment on function integrations.retry_host_event(uuid) is 'Processes a webhook of the Host again and says whether that went well.';
revoke all on function integrations.retry_host_event(uuid) from public;
grant execute on function integrations.retry_host_event(uuid) to authenticated, service_role;
