-- How a command to the Host went.
-- A booking that was given up is not committed again: money and nights have gone back.
-- Who: core, for topics of this module. Locks: order, reservation, payments, unit, nights. Fails with: INVALID_TRANSITION (retried).
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
      perform lodging.confirm_reservation(v_reservation,
        case jsonb_typeof(p_response -> 'host_booking_id') when 'string' then p_response ->> 'host_booking_id' end);
    elsif p_outcome = 'retried' then
      if v_reservation.status <> 'host_commit_pending' then
        perform core.raise_invalid_transition('reservation', v_reservation.status::text, 'host_commit_pending');
      end if;
    else
      update lodging.reservations as r
      set host_commit_attempts = r.host_commit_attempts + 1, host_commit_last_error = p_response::text
      where r.id = v_reservation.id;
      if p_outcome = 'dead' then
        perform lodging.fail_reservation(v_reservation, 'the Host refused');
      end if;
    end if;
  elsif p_topic = 'lodging.look_up_booking' and p_outcome = 'done' then
    perform lodging.hear_of_stay(v_reservation, p_response, '{}');
  elsif p_topic = 'lodging.look_up_booking' and p_outcome = 'dead' then
    perform lodging.hear_of_stay(v_reservation, null, jsonb_build_object('command_id', p_command_id));
  elsif p_topic = 'lodging.cancel_booking' and p_outcome = 'dead' then
    perform core.open_exception('host_cancel_failed', v_reservation.city_code, v_reservation.id,
      jsonb_build_object('command_id', p_command_id, 'host_booking_id', v_reservation.host_booking_id));
  end if;
end;
$$;
comment on function lodging.on_command_done(uuid, text, text, jsonb) is 'Follows up on commit_booking, cancel_booking and look_up_booking: done, retrying, dead or retried.';
revoke all on function lodging.on_command_done(uuid, text, text, jsonb) from public;
