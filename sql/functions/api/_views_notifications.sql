-- Messages to the caller about bookings of theirs; to staff, all messages of their cities.
create or replace view api.notifications with (security_invoker = true) as
select n.id, n.city_code, n.booking_id, n.template_code, n.channel::text as channel, n.locale, n.recipient_type,
  n.recipient_email, n.recipient_phone, n.subject, n.body, n.status::text as status, n.attempt_count,
  n.scheduled_for, n.sent_at, n.forgotten_at, n.created_at
from notifications.notification_outbox as n;
comment on view api.notifications is 'Messages and how they go: those sent to the caller, or all of a member of staff''s cities.';
revoke all on api.notifications from public, anon, authenticated, service_role;
grant select on api.notifications to anon, authenticated, service_role;
