-- The Host was asked how a stay stands: what it says counts as if it had told by itself. If the guest is still neither there nor known not
-- to come, or did not leave, or the Host does not answer, the case goes before a person; nothing is ended blindly.
-- Who: on_command_done, which holds order and reservation. Locks: those of on_host_event. Fails with: as on_host_event.
create or replace function lodging.hear_of_stay(p_reservation lodging.reservations, p_booking jsonb, p_facts jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event constant text := case p_booking ->> 'status'
    when 'checked_in' then 'booking.checkin_completed'
    when 'checked_out' then 'booking.checkout_completed'
    when 'no_show' then 'booking.no_show'
    when 'cancelled' then 'booking.cancelled'
  end;
begin
  if p_reservation.status not in ('checkin_pending', 'checked_in') then
    return;
  end if;
  if v_event is not null then
    perform lodging.on_host_event(v_event, p_booking);
  end if;
  perform core.open_exception('stay_unreported', r.city_code, r.id, p_facts || jsonb_build_object(
    'awaits', case r.status when 'checkin_pending' then 'check-in' else 'check-out' end))
  from lodging.reservations as r
  where r.id = p_reservation.id and r.status = p_reservation.status;
end;
$$;
comment on function lodging.hear_of_stay(lodging.reservations, jsonb, jsonb) is
  'Applies the Host''s answer on a stay, or opens a case where that leaves it where it was.';
revoke all on function lodging.hear_of_stay(lodging.reservations, jsonb, jsonb) from public;
