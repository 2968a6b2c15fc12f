-- Customers and guests see what was written to them about their bookings, staff all messages of their cities.
alter table notifications.notification_outbox enable row level security;

create policy service_reads on notifications.notification_outbox for select to service_role using (true);
grant select on notifications.notification_outbox to service_role;

create policy customers_read_their_own on notifications.notification_outbox for select to authenticated
  using (
    recipient_type in ('traveler', 'customer')
    and booking_id = any ((select array(
      select o.id from payments.orders as o
      where o.customer_subject = (select access.subject()) or o.session_hash = (select access.guest_session())))::uuid[]));
create policy staff_read_their_city on notifications.notification_outbox for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
create policy guests_read_their_own on notifications.notification_outbox for select to anon
  using (
    recipient_type in ('traveler', 'customer')
    and booking_id = any ((select array(
      select o.id from payments.orders as o where o.session_hash = (select access.guest_session())))::uuid[]));
grant select (id, city_code, booking_id, template_code, channel, locale, recipient_type, recipient_email, recipient_phone,
    subject, body, status, attempt_count, scheduled_for, sent_at, forgotten_at, created_at)
  on notifications.notification_outbox to anon, authenticated;

create trigger _300_guard_transition before insert or update of status on notifications.notification_outbox
  for each row execute function core.tg__enforce_transition('notification', 'status');
create trigger _900_record after insert or update or delete on notifications.notification_outbox
  for each row execute function audit.tg__record('notification');
