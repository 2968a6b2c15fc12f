-- A message was not sent: see notifications.fail_notification.
create or replace function api.fail_notification(p_id uuid, p_claim_token uuid, p_error text, p_retry boolean)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select notifications.fail_notification(p_id, p_claim_token, p_error, p_retry);
end;
comment on function api.fail_notification(uuid, uuid, text, boolean) is 'Reports that a message was not sent, and whether another try can help.';
revoke all on function api.fail_notification(uuid, uuid, text, boolean) from public;
grant execute on function api.fail_notification(uuid, uuid, text, boolean) to service_role;
