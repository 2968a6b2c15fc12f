-- Who stayed is forgotten: webhooks of the Host about the booking no longer say who it was.
-- Who: lodging, when it erases somebody. Locks: the events.
create or replace function integrations.on_booking_erased(p_booking_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update integrations.host_webhook_events as e
  set payload = case when e.processed then '{}' else e.payload - 'guest' end,
      forgotten_at = case when e.processed then clock_timestamp() end
  from lodging.reservations as r
  where r.id = p_booking_id::uuid and e.forgotten_at is null
    and (e.host_booking_id = r.host_booking_id or e.payload @> jsonb_build_object('reservation_id', p_booking_id))
$$;
comment on function integrations.on_booking_erased(text) is 'Erases personal data in webhooks of the Host about a booking.';
revoke all on function integrations.on_booking_erased(text) from public;
