-- Who booked is forgotten: messages about the booking that wait are called off, and all of them are emptied. One that is being sent
-- is emptied in time.
-- Who: product lines, when they erase somebody. Locks: the messages.
create or replace function notifications.on_booking_erased(p_booking_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update notifications.notification_outbox as n
  set status = case n.status when 'pending' then 'cancelled' else n.status end, forgotten_at = clock_timestamp(),
      recipient_email = null, recipient_phone = null, subject = null, body = null, metadata = '{}', last_error = null
  where n.booking_id = p_booking_id::uuid and n.status <> 'processing' and n.forgotten_at is null
$$;
comment on function notifications.on_booking_erased(text) is 'Erases the messages about a booking.';
revoke all on function notifications.on_booking_erased(text) from public;
