-- The Host will not have the stay: the money goes back in full, the nights are free again, the guest is told.
-- A booking that the Host made without our knowing is cancelled there.
-- Who: on_command_done, tick_host_commit_timeouts, which hold order and reservation. Locks: payment, unit, nights.
create or replace function lodging.fail_reservation(p_reservation lodging.reservations, p_reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_reservation.status <> 'host_commit_pending' then
    return;
  end if;
  update lodging.reservations as r
  set status = 'host_commit_failed', host_commit_status = 'failed', host_commit_failed_at = core.now()
  where r.id = p_reservation.id;

  perform lodging.refund_in_full(p_reservation, 'host_commit_failed', p_reason);
  perform lodging.change_nights(p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out, 0, -1);
  perform lodging.queue_host_cancel(p_reservation.id);
  perform lodging.notify_guest('booking_failed', p_reservation.id, p_reservation.id::text);
end;
$$;
comment on function lodging.fail_reservation(lodging.reservations, text) is 'Gives up a reservation that the Host did not accept, refunds it and releases its nights.';
revoke all on function lodging.fail_reservation(lodging.reservations, text) from public;
