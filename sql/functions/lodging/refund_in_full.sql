-- Give back all that is left of what was paid for a reservation that will not be kept. While the payment is disputed this
-- waits for the end of the dispute; where nothing is left to give back, the reservation follows at once.
-- Who: functions of ours that hold order and reservation. Locks: payment.
create or replace function lodging.refund_in_full(
  p_reservation lodging.reservations, p_reason payments.refund_reason, p_details text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
begin
  select * into v_payment
  from payments.payments as p
  where p.booking_id = p_reservation.id and p.amount_captured > 0 and not p.is_surplus;
  if payments.is_disputed(v_payment.id) then
    perform core.open_exception('refund_waits_for_dispute', p_reservation.city_code, p_reservation.id,
      jsonb_build_object('payment_id', v_payment.id, 'reason', p_details));
  elsif v_payment.amount_captured > v_payment.refund_amount + v_payment.lost_amount then
    perform payments.request_refund(v_payment.id, null, p_reason, p_details, p_details, 'system');
  else
    perform lodging.follow_refund(p_reservation.id, e.event, v_payment.id)
    from unnest(array['refund_requested', 'refund_completed']) as e (event);
  end if;
end;
$$;
comment on function lodging.refund_in_full(lodging.reservations, payments.refund_reason, text) is
  'Refunds what is left of a reservation''s payment.';
revoke all on function lodging.refund_in_full(lodging.reservations, payments.refund_reason, text) from public;
