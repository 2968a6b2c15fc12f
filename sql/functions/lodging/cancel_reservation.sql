-- Cancel a stay before the guest arrives. What another channel sold is cancelled there. The terms under which it was sold say what part of the money goes back; the rest falls
-- due to the owner. Where they give nothing back the answer is a rejection and nothing changes, unless a supervisor forces it.
-- Who: the guest or customer of the stay; admin, city admin, supervisor or agent of its city, service_role; agents may not force.
-- Locks: order, reservation, payment, unit, nights. Once: the caller gets the same answer again.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CANCELLATION_NOT_ALLOWED, DISPUTE_OPEN.
create or replace function lodging.cancel_reservation(p_reservation_id uuid, p_session_id text, p_reason text, p_force boolean)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_scope constant text := concat_ws(':', 'cancel_reservation', access.session_hash(p_session_id));
  v_key constant text := p_reservation_id || 'cancel';
  v_reservation lodging.reservations;
  v_terms record;
  v_response jsonb;
begin
  perform core.require('reservation_id', p_reservation_id is not null);
  perform core.require_valid('reason', p_reason is null or length(p_reason) between 1 and 500, '1 to 500 characters');
  perform lodging.require_may_cancel(p_reservation_id, p_session_id, coalesce(p_force, false));
  v_reservation := lodging.lock_reservation(p_reservation_id);
  if v_reservation.status not in ('host_commit_pending', 'confirmed', 'checkin_pending') or v_reservation.source <> 'direct' then
    v_response := core.idempotency_begin(v_scope, v_key, '{}');
    if v_response is null then
      perform core.raise('CANCELLATION_NOT_ALLOWED', jsonb_build_object(
        'reservation_id', p_reservation_id, 'status', v_reservation.status));
    end if;
    return v_response;
  end if;

  v_terms := lodging.refund_terms(v_reservation);
  v_response := jsonb_build_object(
    'reservation_id', p_reservation_id, 'status', 'rejected', 'refund_eligible', false, 'refund_amount', 0,
    'refund_percentage', v_terms.percentage, 'cancellation_policy', v_terms.policy);
  if v_terms.percentage = 0 and p_force is not true then
    perform audit.record('reservation.cancellation_rejected', 'reservation', p_reservation_id, v_reservation.city_code);
    return v_response;
  end if;

  v_response := v_response || lodging.end_stay(v_reservation, coalesce(p_reason, 'cancelled on request'), v_terms.percentage);
  perform core.idempotency_begin(v_scope, v_key, '{}');
  perform core.idempotency_end(v_scope, v_key, v_response);
  return v_response;
end;
$$;
comment on function lodging.cancel_reservation(uuid, text, text, boolean) is
  'Cancels a stay by its policy and returns what is refunded, in minor units; or says that it is rejected.';
revoke all on function lodging.cancel_reservation(uuid, text, text, boolean) from public;
grant execute on function lodging.cancel_reservation(uuid, text, text, boolean) to anon, authenticated, service_role;
