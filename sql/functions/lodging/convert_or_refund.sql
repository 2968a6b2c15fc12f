-- End payment_confirmed: a reservation where the payment fits, else the nights are released and the money goes back.
-- Who: tick_unconverted_payments, which holds order and unit. Locks: intent, payment, nights.
create or replace function lodging.convert_or_refund(p_booking_intent_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent constant lodging.booking_intents := lodging.lock_intent(p_booking_intent_id);
  v_payment payments.payments;
begin
  if v_intent.status <> 'payment_confirmed' then
    return false;
  end if;
  select * into v_payment
  from payments.payments as p
  where p.booking_id = p_booking_intent_id and p.amount_captured > 0 and not p.is_surplus;

  if v_intent.total_amount = 0 or lodging.payment_mismatch(v_intent, v_payment.id) = '' then
    perform lodging.confirm_intent(v_intent);
  else
    perform core.open_exception('payment_without_reservation', v_intent.city_code, v_intent.id,
      jsonb_build_object('payment_id', v_payment.id));
    if v_payment.amount_captured > v_payment.refund_amount + v_payment.lost_amount then
      perform payments.request_refund(
        v_payment.id, null, 'admin_override', 'no reservation could be made', 'unconverted', 'system');
    end if;
    perform lodging.end_intent(v_intent, 'cancelled');
  end if;
  return true;
end;
$$;
comment on function lodging.convert_or_refund(uuid) is 'Makes the reservation of an intent left in payment_confirmed, or cancels and refunds it.';
revoke all on function lodging.convert_or_refund(uuid) from public;
