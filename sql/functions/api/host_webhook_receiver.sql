-- Take in a verified webhook of the Host: see integrations.host_webhook_receiver.
create or replace function api.host_webhook_receiver(
  p_event_type text, p_timestamp timestamptz, p_data jsonb, p_signature text, p_webhook_id text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select integrations.host_webhook_receiver(p_event_type, p_timestamp, p_data, p_signature, p_webhook_id);
end;
comment on function api.host_webhook_receiver(text, timestamptz, jsonb, text, text) is
  'Stores a webhook of the Host once and processes it; processed is false where it failed or nothing came of it.';
revoke all on function api.host_webhook_receiver(text, timestamptz, jsonb, text, text) from public;
grant execute on function api.host_webhook_receiver(text, timestamptz, jsonb, text, text) to service_role;
