-- How a command to the Host went.
-- Who: core, for topics of this module. Locks: order, reservation, payments, unit, nights.
create or replace function lodging.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation lodging.reservations;
begin
  v_reservation := lodging.lock_reservation((select o.booking_id from core.outbox as o where o.id = p_command_id));
  if p_topic = 'lodging.commit_booking' then
    if p_outcome = 'done' then
      perform lodging.confirm_reservation(v_reservation, p_response ->> 'host_booking_id');
    else
      update lodging.reservations as r
      set host_commit_attempts = r.host_commit_attempts + 1, host_commit_last_error = p_response::text
      where r.id = v_reservation.id;
      if p_outcome = 'dead' then
        perform lodging.fail_reservation(v_reservation, 'the Host refused');
      end if;
    end if;
  elsif p_topic = 'lodging.cancel_booking' and p_outcome = 'dead' then
    perform core.open_exception('host_cancel_failed', v_reservation.city_code, v_reservation.id,
      jsonb_build_object('host_booking_id', v_reservation.host_booking_id));
  end if;
end;
$$;
comment on function lodging.on_command_done(uuid, text, text, jsonb) is 'Follows up on commit_booking and cancel_booking: done, retrying or dead.';
revoke all on function lodging.on_command_done(uuid, text, text, jsonb) from public;
