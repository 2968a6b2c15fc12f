-- A worker reports that a message was not sent, or that nobody knows: it waits for the next try or is given up.
-- p_retry: whether another try can help. The guest hears nothing of it; what is given up goes before a person.
-- Who: service_role. Locks: the message.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD; a worker whose lease was taken over gets {"accepted": false}.
create or replace function notifications.fail_notification(p_id uuid, p_claim_token uuid, p_error text, p_retry boolean)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_message notifications.notification_outbox;
  v_gives_up boolean;
begin
  perform access.require_service();
  perform core.require('claim_token', p_claim_token is not null);
  perform core.require('error', p_error is not null);
  perform core.require('retry', p_retry is not null);
  select * into v_message
  from notifications.notification_outbox as n
  where n.id = p_id and n.claim_token = p_claim_token
  for update;
  if not found then
    return jsonb_build_object('accepted', false);
  end if;

  v_gives_up := not p_retry
    or v_message.attempt_count >= (core.setting('notifications.sending') ->> 'max_attempts')::integer;
  perform notifications.end_failed_try(v_message, p_error, v_gives_up);
  return jsonb_build_object('accepted', true, 'gives_up', v_gives_up);
end;
$$;
comment on function notifications.fail_notification(uuid, uuid, text, boolean) is 'Schedules the next try of a message, or gives it up.';
revoke all on function notifications.fail_notification(uuid, uuid, text, boolean) from public;
grant execute on function notifications.fail_notification(uuid, uuid, text, boolean) to service_role;
