-- Take in a webhook of the Host whose signature was verified: store it once, then process it. Without an id, what it says is its id.
-- A second delivery changes nothing, unless the first could not be processed: then it is tried again. One that fails is
-- kept; the transaction fails only for causes that pass (locks, connections, resources): the Host sends again.
-- Who: service_role. Locks: the event, then what the stay locks.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function integrations.host_webhook_receiver(
  p_event_type text, p_timestamp timestamptz, p_data jsonb, p_signature text, p_webhook_id text default null)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_webhook_id constant text := coalesce(p_webhook_id, encode(
    sha256(convert_to(jsonb_build_array(p_event_type, p_timestamp, p_data)::text, 'UTF8')), 'hex'));
  v_id uuid;
begin
  perform access.require_service();
  perform core.require('event_type', p_event_type is not null);
  perform core.require('data', p_data is not null);
  perform core.require_valid('event_type', length(p_event_type) between 1 and 100, '1 to 100 characters');
  perform core.require_valid('data', jsonb_typeof(p_data) = 'object', 'an object');
  perform core.require_valid('webhook_id', length(v_webhook_id) between 1 and 255, '1 to 255 characters');

  insert into integrations.host_webhook_events
    (webhook_id, city_code, event_type, host_booking_id, host_property_id, payload, signature, sent_at)
  values (
    v_webhook_id,
    (select p.city_code from lodging.properties_map as p where p.host_property_id = p_data ->> 'host_property_id'),
    p_event_type, left(p_data ->> 'host_booking_id', 255), left(p_data ->> 'host_property_id', 255), p_data, p_signature, p_timestamp)
  on conflict (webhook_id) do nothing;
  select e.id into strict v_id from integrations.host_webhook_events as e where e.webhook_id = v_webhook_id;
  return jsonb_build_object('received', true, 'processed', integrations.process_host_event(v_id));
end;
$$;
comment on function integrations.host_webhook_receiver(text, timestamptz, jsonb, text, text) is
  'Stores a webhook of the Host once and processes it; processed is false where it failed or nothing came of it.';
revoke all on function integrations.host_webhook_receiver(text, timestamptz, jsonb, text, text) from public;
grant execute on function integrations.host_webhook_receiver(text, timestamptz, jsonb, text, text) to service_role;
