-- Call a stay off before arrival and give back a percentage of what is left of its payment, half a unit up; the rest falls due to
-- the owner, unless a failed refund waits for somebody. Nights are free again, the Host, the guest and an owner who knew of it
-- are told.
-- Who: cancel_reservation, which holds order and reservation. Locks: payment, unit, nights. Fails with: DISPUTE_OPEN.
create or replace function lodging.end_stay(p_reservation lodging.reservations, p_reason text, p_percentage integer)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_amount bigint;
  v_status lodging.reservation_status;
begin
  select * into v_payment
  from payments.payments as p
  where p.booking_id = p_reservation.id and p.amount_captured > 0 and not p.is_surplus;
  v_amount := coalesce(
    round((v_payment.amount_captured - v_payment.refund_amount - v_payment.lost_amount) * p_percentage / 100.0), 0);

  perform core.call_off_commands('lodging.commit_booking', p_reservation.id);
  foreach v_status in array array['cancel_pending', 'cancelled']::lodging.reservation_status[] loop
    update lodging.reservations as r
    set status = v_status, cancellation_reason = p_reason, payout_eligible_at = core.now(), has_open_share = true,
        host_commit_status = case r.host_commit_status when 'pending' then 'failed' else r.host_commit_status end
    where r.id = p_reservation.id;
  end loop;
  if v_amount > 0 then
    perform payments.request_refund(v_payment.id, v_amount, 'cancellation_policy', p_reason, 'cancellation',
      coalesce(access.subject(), 'guest'));
  end if;
  if not payments.awaits_refund(p_reservation.id) then
    perform lodging.release_owner_share(p_reservation.id);
  end if;

  perform lodging.change_nights(p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out, 0, -1);
  perform lodging.queue_host_cancel(p_reservation.id);
  perform lodging.notify_guest('cancellation_notice', p_reservation.id, p_reservation.id::text);
  if p_reservation.status <> 'host_commit_pending' then
    perform lodging.notify_owner('booking_cancelled', p_reservation.id);
  end if;
  return jsonb_build_object('status', 'cancelled', 'refund_eligible', v_amount > 0, 'refund_amount', v_amount);
end;
$$;
comment on function lodging.end_stay(lodging.reservations, text, integer) is 'Cancels a stay, refunds a percentage, and returns the outcome.';
revoke all on function lodging.end_stay(lodging.reservations, text, integer) from public;
