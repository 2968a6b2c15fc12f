-- Who booked is forgotten: so is what the commands of the booking said of him, and what was answered. Commands that may still be sent
-- keep what is not about a person.
-- Who: product lines, when they erase somebody. Locks: the commands.
create or replace function core.on_booking_erased(p_booking_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update core.outbox as o
  set payload = case when o.status in ('done', 'cancelled') then '{}' else o.payload - 'guest' end,
      forgotten_at = case when o.status in ('done', 'cancelled') then clock_timestamp() end,
      response = null, last_error = jsonb_build_object('code', o.last_error -> 'code')
  where o.booking_id = p_booking_id::uuid and o.forgotten_at is null
$$;
comment on function core.on_booking_erased(text) is 'Erases personal data in the commands of a booking.';
revoke all on function core.on_booking_erased(text) from public;
