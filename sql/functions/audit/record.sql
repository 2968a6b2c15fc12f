-- Write one row of the audit log, with who is acting.
-- Who: functions and triggers of ours. Locks: none.
create or replace function audit.record(
  p_event_type text, p_entity_type text, p_entity_id uuid, p_city_code text, p_metadata jsonb default '{}')
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_role constant text := access.database_role();
  v_stripe_event constant text := nullif(current_setting('reserve.stripe_event_id', true), '');
begin
  insert into audit.audit_logs
    (event_type, entity_type, entity_id, actor_id, actor_subject, actor_type, city_code, request_id, metadata, stripe_event_id)
  values (
    p_event_type, p_entity_type, p_entity_id,
    (select u.id from auth.users as u where u.id = access.user_id()),
    coalesce(access.subject(), v_role),
    case
      when v_stripe_event is not null then 'stripe'
      when v_role in ('anon', 'authenticated', 'service_role') then v_role
      else 'database'
    end,
    p_city_code, access.header('x-request-id'), p_metadata, v_stripe_event);
end;
$$;
comment on function audit.record(text, text, uuid, text, jsonb) is 'Adds a row to the audit log. The actor is read from the request.';
revoke all on function audit.record(text, text, uuid, text, jsonb) from public;
