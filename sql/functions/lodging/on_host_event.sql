-- What happened to a booking at the Host. The booking is known by the Host's id, else by our reservation in it.
-- One that another channel sold becomes a reservation with the first news of it. One that names a reservation of ours that is
-- unknown fails. News of changes that are older than what was applied change nothing.
-- Who: integrations. Locks: the booking's id, order, reservation, payment, unit, nights. The answer is null, or why nothing came of it.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER (another booking of a known reservation), NOT_FOUND, INVALID_TRANSITION.
create or replace function lodging.on_host_event(p_event_type text, p_booking jsonb)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_host_booking_id constant text := p_booking ->> 'host_booking_id';
  v_reference constant text := p_booking ->> 'reservation_id';
  v_reservation lodging.reservations;
begin
  if p_event_type not in (
    'booking.created', 'booking.updated', 'booking.cancelled', 'booking.no_show', 'checkin.completed', 'booking.checkin_completed',
    'checkout.completed', 'booking.checkout_completed')
  then
    return 'no such event is used';
  end if;
  perform core.require('host_booking_id', v_host_booking_id is not null);
  perform pg_advisory_xact_lock(hashtextextended('host_booking:' || v_host_booking_id, 42));
  v_reservation := lodging.lock_reservation(coalesce(
    (select r.id from lodging.reservations as r where r.host_booking_id = v_host_booking_id),
    (select r.id from lodging.reservations as r
     where r.id = case when v_reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then v_reference::uuid end)));
  if v_reservation.id is null then
    if p_booking -> 'reservation_id' <> 'null' or not p_booking ? 'reservation_id' then
      perform core.raise('NOT_FOUND', jsonb_build_object('host_booking_id', v_host_booking_id, 'reservation_id', v_reference));
    end if;
    v_reservation := lodging.lock_reservation(lodging.take_in_booking(p_booking));
  end if;
  perform core.require_valid('host_booking_id',
    v_host_booking_id = coalesce(v_reservation.host_booking_id, v_host_booking_id), 'the booking of that reservation');

  if p_event_type = 'booking.cancelled' then
    perform lodging.cancel_by_host(v_reservation);
    return null;
  end if;
  if v_reservation.host_booking_id is null then
    perform lodging.confirm_reservation(v_reservation, v_host_booking_id);
    v_reservation := lodging.lock_reservation(v_reservation.id);
  end if;
  if p_event_type = 'booking.no_show' then
    perform lodging.record_no_show(v_reservation);
  elsif p_event_type like '%checkin%' then
    perform lodging.advance_stay(v_reservation, 'checked_in');
  elsif p_event_type like '%checkout%' then
    perform lodging.advance_stay(v_reservation, 'checked_out');
  elsif (p_booking ->> 'updated_at')::timestamptz < v_reservation.host_updated_at then
    return 'older news than what was applied';
  elsif v_reservation.status in ('confirmed', 'checkin_pending', 'checked_in') then
    perform lodging.move_by_host(v_reservation, p_booking);
    update lodging.reservations as r
    set host_updated_at = coalesce((p_booking ->> 'updated_at')::timestamptz, r.host_updated_at)
    where r.id = v_reservation.id;
  end if;
  return null;
end;
$$;
comment on function lodging.on_host_event(text, jsonb) is 'Applies what the Host tells of a booking; returns why not, where it is of no use.';
revoke all on function lodging.on_host_event(text, jsonb) from public;
