-- The guest never came: the terms under which the stay was sold say what part of the money goes back (nothing, where they are silent),
-- the rest falls due to the owner, unless a failed refund waits for somebody. Nights are free again, guest and owner are told.
-- Of a stay that has ended it changes nothing.
-- While the payment is disputed nothing is refunded beside it: a person must look at that.
-- Who: on_host_event, which holds order and reservation. Locks: payment, unit, nights.
-- Fails with: INVALID_TRANSITION (the guest has arrived).
create or replace function lodging.record_no_show(p_reservation lodging.reservations)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_amount bigint;
begin
  if p_reservation.status in ('host_commit_failed', 'cancelled', 'refund_pending', 'refunded', 'refund_failed') then
    return;
  end if;
  update lodging.reservations as r
  set status = 'cancelled', cancellation_reason = 'no_show', payout_eligible_at = core.now(), has_open_share = true
  where r.id = p_reservation.id;

  select * into v_payment
  from payments.payments as p
  where p.booking_id = p_reservation.id and p.amount_captured > 0 and not p.is_surplus;
  select round((v_payment.amount_captured - v_payment.refund_amount - v_payment.lost_amount)
    * (100 - coalesce((o.policy_snapshot ->> 'no_show_charge_percentage')::integer, 100)) / 100.0)
  into v_amount
  from payments.orders as o where o.id = p_reservation.id;
  if v_amount > 0 and payments.is_disputed(v_payment.id) then
    perform core.open_exception('no_show_disputed', p_reservation.city_code, p_reservation.id,
      jsonb_build_object('payment_id', v_payment.id, 'amount', v_amount));
  elsif v_amount > 0 then
    perform payments.request_refund(v_payment.id, v_amount, 'no_show', null, 'no_show', 'system');
  end if;
  if not payments.awaits_refund(p_reservation.id) then
    perform lodging.release_owner_share(p_reservation.id);
  end if;

  perform lodging.change_nights(p_reservation.unit_id, p_reservation.check_in, p_reservation.check_out, 0, -1);
  perform lodging.notify_guest('cancellation_notice', p_reservation.id, p_reservation.id::text);
  perform lodging.notify_owner('booking_cancelled', p_reservation.id);
end;
$$;
comment on function lodging.record_no_show(lodging.reservations) is 'Cancels a stay whose guest did not come, and refunds what its terms say.';
revoke all on function lodging.record_no_show(lodging.reservations) from public;
