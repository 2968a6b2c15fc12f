-- See that a reservation is on its way to the Host, and how it stands.
-- Who: service_role. Locks: order, reservation. Idempotent: a commit that waits or is done is not queued again.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.
create or replace function lodging.host_commit_booking(p_reservation_id uuid, p_retry_count integer)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation lodging.reservations;
  v_is_given_up boolean;
begin
  perform access.require_service();
  perform core.require('reservation_id', p_reservation_id is not null);
  perform core.require_valid('retry_count', coalesce(p_retry_count, 0) >= 0, 'zero or more');
  v_reservation := lodging.lock_reservation(p_reservation_id);
  if v_reservation.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('reservation_id', p_reservation_id));
  end if;

  if v_reservation.status = 'host_commit_pending' and not exists (
    select from core.outbox as o
    where o.booking_id = p_reservation_id and o.topic = 'lodging.commit_booking' and o.status = 'pending')
  then
    update lodging.reservations as r
    set host_commit_attempts = greatest(r.host_commit_attempts, p_retry_count)
    where r.id = p_reservation_id;
    perform lodging.queue_host_commit(p_reservation_id);
  end if;

  v_is_given_up := v_reservation.host_commit_failed_at is not null;
  return jsonb_strip_nulls(jsonb_build_object(
    'reservation_id', v_reservation.id,
    'host_booking_id', v_reservation.host_booking_id,
    'status', case
      when v_is_given_up then 'host_commit_failed'
      when v_reservation.host_commit_status = 'pending' then 'host_commit_pending'
      else 'confirmed'
    end,
    'error_code', case when v_is_given_up then 'HOST_COMMIT_FAILED' end,
    'error_message', case when v_is_given_up then v_reservation.host_commit_last_error end,
    'will_trigger_refund', case when v_is_given_up then v_reservation.total_amount > 0 end));
end;
$$;
comment on function lodging.host_commit_booking(uuid, integer) is 'Queues the commit of a reservation where none is on its way, and returns its state.';
revoke all on function lodging.host_commit_booking(uuid, integer) from public;
grant execute on function lodging.host_commit_booking(uuid, integer) to service_role;
