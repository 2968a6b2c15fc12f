-- The Host has booked the stay: it is confirmed, the commission earned; guest, owner and other modules are told.
-- If we gave the reservation up meanwhile, the Host's booking is cancelled instead.
-- Who: on_command_done, which holds order and reservation. Locks: those of the hooks.
create or replace function lodging.confirm_reservation(p_reservation lodging.reservations, p_host_booking_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_constraint text;
begin
  perform core.require('host_booking_id', p_host_booking_id is not null);
  perform core.require_valid('host_booking_id', length(p_host_booking_id) between 1 and 255, '1 to 255 characters');
  begin
    update lodging.reservations as r
    set host_booking_id = p_host_booking_id, host_commit_status = 'committed',
        host_commit_attempts = r.host_commit_attempts + 1,
        host_commit_last_error = case when r.status <> 'host_commit_pending' then r.host_commit_last_error end,
        status = case when r.status = 'host_commit_pending' then 'confirmed' else r.status end
    where r.id = p_reservation.id;
  exception when unique_violation then
    get stacked diagnostics v_constraint = constraint_name;
    perform core.require_valid('host_booking_id', v_constraint <> 'reservations_host_booking_id_key', 'of no other reservation');
    raise;
  end;

  if p_reservation.status = 'host_commit_pending' then
    perform ledger.recognise_commission(p_reservation.id, core.now());
    perform lodging.notify_guest('booking_confirmation', p_reservation.id, p_reservation.id::text);
    perform lodging.notify_owner('new_booking', p_reservation.id);
    perform core.call_hooks('on_booking_confirmed', p_reservation.id::text);
  elsif p_reservation.status in ('host_commit_failed', 'cancelled', 'refund_pending', 'refunded', 'refund_failed') then
    perform lodging.queue_host_cancel(p_reservation.id);
  end if;
end;
$$;
comment on function lodging.confirm_reservation(lodging.reservations, text) is 'Stores the Host''s booking and confirms the reservation that waits for it.';
revoke all on function lodging.confirm_reservation(lodging.reservations, text) from public;
