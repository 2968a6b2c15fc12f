-- Money has come for a stay: make the reservation, thank the guest. If the hold is gone, its nights are claimed again, or the money goes back.
-- Who: on_payment_event, finalize_reservation. Locks: order, intent, unit, nights.
create or replace function lodging.accept_payment(p_booking_id uuid, p_payment_id uuid)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent lodging.booking_intents := lodging.lock_intent(p_booking_id);
  v_mismatch constant text := lodging.payment_mismatch(v_intent, p_payment_id);
begin
  if v_intent.status = 'converted' then
    return 'accepted';
  end if;
  if v_mismatch <> '' then
    perform core.open_exception('payment_does_not_match', v_intent.city_code, p_booking_id,
      jsonb_build_object('payment_id', p_payment_id, 'mismatch', v_mismatch));
    return 'unfulfillable';
  end if;
  if not v_intent.holds_inventory then
    if v_intent.check_in < core.today(v_intent.city_code)
       or not lodging.make_room(v_intent.unit_id, v_intent.check_in, v_intent.check_out)
    then
      return 'unfulfillable';
    end if;
    perform lodging.change_nights(v_intent.unit_id, v_intent.check_in, v_intent.check_out, 1, 0);
  end if;
  perform lodging.confirm_intent(v_intent);
  perform lodging.notify_guest('payment_receipt', p_booking_id, p_booking_id::text);
  return 'accepted';
end;
$$;
comment on function lodging.accept_payment(uuid, uuid) is 'Makes the reservation of a paid intent and returns accepted, or unfulfillable.';
revoke all on function lodging.accept_payment(uuid, uuid) from public;
