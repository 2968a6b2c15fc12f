-- The Host has cancelled a stay: the guest gets all the money back, the nights are free again, guest and owner are told. Of one that we gave up it only
-- confirms what we asked for.
-- Who: on_host_event, which holds order and reservation. Locks: payment, unit, nights.
-- Fails with: INVALID_TRANSITION (the guest has arrived).
create or replace function lodging.cancel_by_host(p_reservation lodging.reservations)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_reservation.status = 'host_commit_pending' then
    perform core.call_off_commands('lodging.commit_booking', p_reservation.id);
    perform lodging.fail_reservation(p_reservation, 'cancelled at the Host');
  elsif p_reservation.status not in ('host_commit_failed', 'cancelled', 'refund_pending', 'refunded', 'refund_failed') then
    update lodging.reservations as r
    set status = 'cancelled', cancellation_reason = 'cancelled at the Host'
    where r.id = p_reservation.id;
    perform lodging.refund_in_full(p_reservation, 'admin_override', 'cancelled at the Host');
    perform lodging.change_nights(p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out, 0, -1);
    perform lodging.notify_guest('cancellation_notice', p_reservation.id, p_reservation.id::text);
    perform lodging.notify_owner('booking_cancelled', p_reservation.id);
  end if;
end;
$$;
comment on function lodging.cancel_by_host(lodging.reservations) is 'Cancels and refunds a reservation that the Host has cancelled.';
revoke all on function lodging.cancel_by_host(lodging.reservations) from public;
