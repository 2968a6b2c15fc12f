-- The guest begins to pay: hold the nights longer, once, up to the limit counted from the creation of the intent.
-- Nobody pays for a stay whose confirmation could not be sent.
-- Who: on_payment_event. Locks: intent.
-- Fails with: BOOKING_INTENT_EXPIRED, PAYMENT_ALREADY_PROCESSED, MISSING_REQUIRED_FIELD (traveler.email), INVALID_PARAMETER (method).
create or replace function lodging.extend_hold(p_booking_id uuid, p_payment_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_hold constant jsonb := core.setting('lodging.hold_seconds');
  v_intent constant lodging.booking_intents := lodging.lock_intent(p_booking_id);
  v_method payments.payment_method;
  v_seconds double precision;
begin
  select p.method into strict v_method from payments.payments as p where p.id = p_payment_id;
  perform lodging.require_open(v_intent);
  perform core.require('traveler.email', exists (
    select from lodging.travelers as t where t.id = v_intent.traveler_id and t.email is not null));
  perform core.require_valid('method', (
    select coalesce(v_method = any (p.payment_methods), true) from lodging.properties_map as p where p.id = v_intent.property_id),
    'a payment method that the property accepts');

  if v_intent.status = 'intent_created' then
    v_seconds := (v_hold ->> case
        when v_method = 'stripe_checkout' then 'checkout'
        when v_method in ('stripe_pix', 'mercadopago_pix', 'openpix') then 'pix'
        else 'payment' end)::double precision;
    update lodging.booking_intents as i
    set status = 'payment_pending',
        expires_at = greatest(i.expires_at, least(
          core.now() + make_interval(secs => v_seconds),
          i.status_changed_at + make_interval(secs => (v_hold ->> 'limit')::double precision)))
    where i.id = p_booking_id;
  end if;
end;
$$;
comment on function lodging.extend_hold(uuid, uuid) is 'Moves the intent to payment_pending and its end to the time that paying may take.';
revoke all on function lodging.extend_hold(uuid, uuid) from public;
