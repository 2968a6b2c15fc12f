-- A message was sent: see notifications.complete_notification.
create or replace function api.complete_notification(p_id uuid, p_claim_token uuid, p_subject text, p_body text)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select notifications.complete_notification(p_id, p_claim_token, p_subject, p_body);
end;
comment on function api.complete_notification(uuid, uuid, text, text) is 'Reports that a message was sent, and what it said.';
revoke all on function api.complete_notification(uuid, uuid, text, text) from public;
grant execute on function api.complete_notification(uuid, uuid, text, text) to service_role;
