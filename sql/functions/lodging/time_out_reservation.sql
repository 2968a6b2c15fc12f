-- Give up a reservation that waits for the Host too long.
-- Who: tick_host_commit_timeouts, which holds order and unit. Locks: reservation, commands (skip locked), payment, nights.
create or replace function lodging.time_out_reservation(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation constant lodging.reservations := lodging.lock_reservation(p_reservation_id);
begin
  if v_reservation.status <> 'host_commit_pending' then
    return false;
  end if;
  perform core.call_off_commands('lodging.commit_booking', p_reservation_id);
  perform lodging.fail_reservation(v_reservation, 'the Host did not answer in time');
  return true;
end;
$$;
comment on function lodging.time_out_reservation(uuid) is 'Fails a reservation that the Host has not accepted; returns whether it was waiting.';
revoke all on function lodging.time_out_reservation(uuid) from public;
