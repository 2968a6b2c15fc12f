-- Send a message again: see notifications.resend_notification.
create or replace function api.resend_notification(p_notification_id uuid, p_recipient text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select notifications.resend_notification(p_notification_id, p_recipient);
end;
comment on function api.resend_notification(uuid, text) is 'Queues a message again, to another address or number if one is given. Staff of its city.';
revoke all on function api.resend_notification(uuid, text) from public;
grant execute on function api.resend_notification(uuid, text) to authenticated, service_role;
