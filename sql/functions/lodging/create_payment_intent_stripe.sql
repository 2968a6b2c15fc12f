-- Prepare a card payment for an intent, with the claims and session of its guest kept.
-- An e-mail address given only here becomes the traveler's.
-- Who: service_role, for the guest or customer of the intent. Locks: order, intent, payments.
-- Fails with: FORBIDDEN, BOOKING_INTENT_NOT_FOUND, BOOKING_INTENT_EXPIRED, MISSING_REQUIRED_FIELD (traveler.email), as payments.prepare_payment_intent.
create or replace function lodging.create_payment_intent_stripe(
  p_booking_intent_id uuid, p_session_id text, p_payment_method_id text, p_customer_email text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform access.require_service();
  perform lodging.require_own_intent(p_booking_intent_id, p_session_id);
  if p_customer_email is not null and not exists (
    select from lodging.booking_intents as i
    join lodging.travelers as t on t.id = i.traveler_id
    where i.id = p_booking_intent_id and t.email is not null)
  then
    perform lodging.update_traveler_details(p_booking_intent_id, p_session_id, jsonb_build_object('email', p_customer_email));
  end if;
  return payments.prepare_payment_intent(p_booking_intent_id, p_session_id, p_payment_method_id, p_customer_email);
end;
$$;
comment on function lodging.create_payment_intent_stripe(uuid, text, text, text) is 'What to send to Stripe for the card payment of an intent.';
revoke all on function lodging.create_payment_intent_stripe(uuid, text, text, text) from public;
grant execute on function lodging.create_payment_intent_stripe(uuid, text, text, text) to service_role;
