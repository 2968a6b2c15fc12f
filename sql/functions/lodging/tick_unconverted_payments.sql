-- The failsafe of payment_confirmed: an intent that stays there becomes a reservation, or is cancelled and its money goes back.
-- Who: tick. Locks: orders and units it need not wait for; intent, payment, unit, nights.
create or replace function lodging.tick_unconverted_payments(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_overdue record;
  v_intent lodging.booking_intents;
  v_payment_id uuid;
  v_done integer := 0;
begin
  for v_overdue in
    select o.id, i.unit_id
    from lodging.booking_intents as i
    join payments.orders as o on o.id = i.id
    where i.status = 'payment_confirmed' and i.expires_at <= (select core.now())
    order by i.expires_at
    limit p_limit
    for no key update of o skip locked
  loop
    v_intent := lodging.lock_intent(v_overdue.id);
    continue when v_intent.status <> 'payment_confirmed' or not lodging.try_lock_unit(v_overdue.unit_id);
    select p.id into v_payment_id
    from payments.payments as p
    where p.booking_id = v_overdue.id and p.amount_captured > 0 and not p.is_surplus;

    if v_intent.total_amount = 0 or lodging.payment_mismatch(v_intent, v_payment_id) = '' then
      perform lodging.confirm_intent(v_intent);
    else
      perform core.open_exception('payment_without_reservation', v_intent.city_code, v_intent.id,
        jsonb_build_object('payment_id', v_payment_id));
      perform payments.request_refund(p.id, null, 'admin_override', 'no reservation could be made', 'unconverted', 'system')
      from payments.payments as p
      where p.id = v_payment_id and p.amount_captured > p.refund_amount + p.lost_amount;
      perform lodging.end_intent(v_intent, 'cancelled');
    end if;
    v_done := v_done + 1;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_unconverted_payments(integer) is 'Converts paid intents that were left without a reservation, or refunds them.';
revoke all on function lodging.tick_unconverted_payments(integer) from public;
