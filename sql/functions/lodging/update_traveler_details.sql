-- Say, or correct, who stays, until the booking has gone to the Host.
-- Who: the guest or customer of the intent. Locks: order, intent, traveler.
-- Fails with: BOOKING_INTENT_NOT_FOUND, BOOKING_INTENT_EXPIRED, PAYMENT_ALREADY_PROCESSED, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function lodging.update_traveler_details(p_booking_intent_id uuid, p_session_id text, p_traveler jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent constant lodging.booking_intents := lodging.lock_own_intent(p_booking_intent_id, p_session_id);
  v_traveler_id uuid;
begin
  perform core.require('traveler', jsonb_typeof(p_traveler) <> 'null');
  perform lodging.require_open(v_intent);

  v_traveler_id := lodging.save_traveler(p_traveler, v_intent.traveler_id);
  update lodging.booking_intents as i set traveler_id = v_traveler_id where i.id = v_intent.id;
  return (
    select jsonb_build_object('booking_intent_id', v_intent.id, 'traveler', jsonb_build_object(
      'first_name', t.first_name, 'last_name', t.last_name, 'email', t.email, 'phone', t.phone))
    from lodging.travelers as t where t.id = v_traveler_id);
end;
$$;
comment on function lodging.update_traveler_details(uuid, text, jsonb) is 'Stores who stays; keys that are not sent keep their value.';
revoke all on function lodging.update_traveler_details(uuid, text, jsonb) from public;
grant execute on function lodging.update_traveler_details(uuid, text, jsonb) to anon, authenticated, service_role;
