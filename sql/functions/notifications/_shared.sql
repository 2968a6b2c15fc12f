-- End a try of a message that did not succeed: wait for the next one, or give up and put it before a person.
-- Who: fail_notification, tick_give_up. Locks: the message (held by the caller).
create or replace function notifications.end_failed_try(
  p_message notifications.notification_outbox, p_error text, p_gives_up boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_waits constant jsonb := core.setting('notifications.sending') -> 'backoff_seconds';
begin
  update notifications.notification_outbox as n
  set status = case when p_gives_up then 'failed' else 'pending' end::notifications.notification_status,
      last_error = p_error, claim_token = null, locked_until = null,
      scheduled_for = core.now() + make_interval(secs =>
        (v_waits ->> least(n.attempt_count, jsonb_array_length(v_waits)) - 1)::double precision)
  where n.id = p_message.id;
  if p_gives_up then
    perform core.open_exception('message_not_sent', p_message.city_code, p_message.booking_id, jsonb_build_object(
      'notification_id', p_message.id, 'template_code', p_message.template_code, 'channel', p_message.channel,
      'recipient_type', p_message.recipient_type, 'error', p_error));
  end if;
end;
$$;
comment on function notifications.end_failed_try(notifications.notification_outbox, text, boolean) is 'Schedules the next try of a message, or gives it up.';
revoke all on function notifications.end_failed_try(notifications.notification_outbox, text, boolean) from public;
