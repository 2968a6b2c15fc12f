-- Turn a held, paid intent into a reservation, and queue it for the Host.
-- Who: functions of ours that hold the locks of order and intent and have checked the payment. Locks: unit, nights.
create or replace function lodging.confirm_intent(p_intent lodging.booking_intents)
returns lodging.booking_intents
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_year constant integer := extract(year from core.today(p_intent.city_code))::integer;
  v_failsafe constant interval := make_interval(secs => (core.setting('lodging.hold_seconds') ->> 'confirmed')::double precision);
  v_intent lodging.booking_intents;
begin
  update lodging.booking_intents as i
  set status = 'payment_confirmed', expires_at = v_now + v_failsafe
  where i.id = p_intent.id and i.status <> 'payment_confirmed';

  perform lodging.change_nights(p_intent.unit_id, p_intent.check_in, p_intent.check_out, -1, 1);
  loop
    insert into lodging.reservations (
      id, confirmation_code, city_code, property_id, unit_id, rate_plan_id, traveler_id, check_in, check_out,
      guests_adults, guests_children, guests_infants, total_amount, currency, commission_rate, commission_amount,
      cancellation_policy_id, status_changed_at, payment_status, booked_at)
    select
      i.id, lodging.new_confirmation_code(v_year), i.city_code, i.property_id, i.unit_id, i.rate_plan_id, i.traveler_id, i.check_in,
      i.check_out, i.guests_adults, i.guests_children, i.guests_infants, i.total_amount, i.currency, i.commission_rate,
      o.platform_fee, i.cancellation_policy_id, v_now, 'paid', v_now
    from lodging.booking_intents as i
    join payments.orders as o on o.id = i.id
    where i.id = p_intent.id
    on conflict (confirmation_code) do nothing;
    exit when found;
  end loop;
  update lodging.booking_intents as i
  set status = 'converted', reservation_id = i.id, converted_at = v_now
  where i.id = p_intent.id
  returning * into v_intent;
  perform lodging.queue_host_commit(p_intent.id);
  return v_intent;
end;
$$;
comment on function lodging.confirm_intent(lodging.booking_intents) is 'Makes the reservation of a paid intent: holds become bookings, the Host is to be told.';
revoke all on function lodging.confirm_intent(lodging.booking_intents) from public;
