-- Make the reservation of a paid intent. Payments do it by themselves; this is the same for who must do it again.
-- Who: service_role. Locks: order, intent, unit, nights. Once: later calls get the same answer.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER, BOOKING_INTENT_NOT_FOUND, INSUFFICIENT_INVENTORY.
create or replace function lodging.finalize_reservation(p_booking_intent_id uuid, p_payment_id uuid, p_payment_status text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent lodging.booking_intents;
  v_mismatch text;
begin
  perform access.require_service();
  perform core.require('booking_intent_id', p_booking_intent_id is not null);
  perform core.require('payment_id', p_payment_id is not null);
  perform core.require_valid('payment_status', p_payment_status = 'succeeded', 'succeeded');
  v_intent := lodging.lock_intent(p_booking_intent_id);
  if v_intent.id is null then
    perform core.raise('BOOKING_INTENT_NOT_FOUND', jsonb_build_object('booking_intent_id', p_booking_intent_id));
  end if;
  v_mismatch := lodging.payment_mismatch(v_intent, p_payment_id);
  perform core.require_valid('payment_id', v_mismatch = '', 'the payment that paid this intent: ' || v_mismatch);

  if lodging.accept_payment(p_booking_intent_id, p_payment_id) = 'unfulfillable' then
    perform core.raise('INSUFFICIENT_INVENTORY', jsonb_build_object('booking_intent_id', p_booking_intent_id));
  end if;
  return (
    select jsonb_build_object(
      'booking_intent_id', r.id, 'reservation_id', r.id, 'confirmation_code', r.confirmation_code, 'status', r.status)
    from lodging.reservations as r where r.id = p_booking_intent_id);
end;
$$;
comment on function lodging.finalize_reservation(uuid, uuid, text) is 'Turns a paid intent into a reservation and returns it; idempotent.';
revoke all on function lodging.finalize_reservation(uuid, uuid, text) from public;
grant execute on function lodging.finalize_reservation(uuid, uuid, text) to service_role;
