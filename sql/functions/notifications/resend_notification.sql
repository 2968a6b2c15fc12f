-- Send a message again, to another address if one is given: a new message is queued with the same facts, so that neither a
-- provider nor a mail client takes it for the old one. The cases that name the old one are resolved.
-- Who: admin, city admin, supervisor or agent of its city, or service_role. Locks: none.
-- Fails with: UNAUTHORIZED, FORBIDDEN, NOT_FOUND (or its facts are erased), INVALID_PARAMETER, INVALID_TRANSITION (it is still on its way).
create or replace function notifications.resend_notification(p_notification_id uuid, p_recipient text default null)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_old notifications.notification_outbox;
  v_id uuid;
begin
  select * into v_old from notifications.notification_outbox as n where n.id = p_notification_id;
  perform access.require_staff(v_old.city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  perform core.require_valid('recipient', p_recipient is null or length(p_recipient) between 3 and 320, '3 to 320 characters');
  if v_old.id is null or v_old.forgotten_at is not null then
    perform core.raise('NOT_FOUND', jsonb_build_object('notification', p_notification_id));
  end if;
  if v_old.status in ('pending', 'processing') then
    perform core.raise_invalid_transition('notification', v_old.status::text, 'pending');
  end if;

  insert into notifications.notification_outbox as n (
    city_code, recipient_type, recipient_id, recipient_email, recipient_phone, template_code, channel, locale,
    booking_id, metadata, scheduled_for)
  values (
    v_old.city_code, v_old.recipient_type, v_old.recipient_id,
    case when v_old.channel = 'email' then coalesce(p_recipient, v_old.recipient_email) else v_old.recipient_email end,
    case when v_old.channel in ('sms', 'whatsapp') then coalesce(p_recipient, v_old.recipient_phone) else v_old.recipient_phone end,
    v_old.template_code, v_old.channel, v_old.locale, v_old.booking_id, v_old.metadata, core.now())
  returning n.id into v_id;
  update core.exceptions as e
  set resolved_at = clock_timestamp(), resolved_by = coalesce(access.subject(), access.database_role()), resolution = 'sent again'
  where e.city_code = v_old.city_code and e.booking_id is not distinct from v_old.booking_id
    and e.detail ->> 'notification_id' = p_notification_id::text and e.resolved_at is null;
  return jsonb_build_object('id', v_id, 'status', 'pending');
end;
$$;
comment on function notifications.resend_notification(uuid, text) is 'Queues a message again, to the same recipient or to another address or number.';
revoke all on function notifications.resend_notification(uuid, text) from public;
grant execute on function notifications.resend_notification(uuid, text) to authenticated, service_role;
