-- A worker reports that a message was sent, and what it said.
-- Who: service_role. Locks: the message.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD; a worker whose lease was taken over gets {"accepted": false}.
create or replace function notifications.complete_notification(p_id uuid, p_claim_token uuid, p_subject text, p_body text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform access.require_service();
  perform core.require('claim_token', p_claim_token is not null);
  perform core.require('body', p_body is not null);
  update notifications.notification_outbox as n
  set status = 'sent', sent_at = clock_timestamp(), subject = p_subject, body = p_body,
      last_error = null, claim_token = null, locked_until = null
  where n.id = p_id and n.claim_token = p_claim_token;
  return jsonb_build_object('accepted', found);
end;
$$;
comment on function notifications.complete_notification(uuid, uuid, text, text) is 'Ends a message that was sent and keeps its text.';
revoke all on function notifications.complete_notification(uuid, uuid, text, text) from public;
grant execute on function notifications.complete_notification(uuid, uuid, text, text) to service_role;
