-- Send a reservation to the Host now: a commit that waits for its next try is due, and where none waits one is queued.
-- Who: admin, city admin, supervisor or agent of its city, service_role. Locks: order, reservation, the commands.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND, INVALID_TRANSITION (it does not wait for the Host).
create or replace function lodging.retry_host_commit(p_reservation_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation lodging.reservations;
begin
  perform core.require('reservation_id', p_reservation_id is not null);
  perform access.require_staff(
    coalesce((select r.city_code from lodging.reservations as r where r.id = p_reservation_id), 'ALL'),
    array['admin', 'city_admin', 'supervisor', 'agent']);
  v_reservation := lodging.lock_reservation(p_reservation_id);
  if v_reservation.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('reservation_id', p_reservation_id));
  end if;
  if v_reservation.status <> 'host_commit_pending' then
    perform core.raise_invalid_transition('reservation', v_reservation.status::text, 'host_commit_pending');
  end if;

  update core.outbox as o
  set next_attempt_at = least(o.next_attempt_at, core.now())
  where o.booking_id = p_reservation_id and o.topic = 'lodging.commit_booking' and o.status = 'pending';
  if not found then
    perform lodging.queue_host_commit(p_reservation_id);
  end if;
  return jsonb_build_object('reservation_id', p_reservation_id, 'status', v_reservation.status);
end;
$$;
comment on function lodging.retry_host_commit(uuid) is 'Makes the commit of a reservation at the Host due now.';
revoke all on function lodging.retry_host_commit(uuid) from public;
grant execute on function lodging.retry_host_commit(uuid) to authenticated, service_role;
