-- The time to pay in one way is over: so is the intent, unless another payment is open.
-- Who: on_payment_event. Locks: intent, unit, nights.
create or replace function lodging.follow_expiry(p_booking_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent constant lodging.booking_intents := lodging.lock_intent(p_booking_id);
begin
  if v_intent.status in ('intent_created', 'payment_pending') and not exists (
    select from payments.payments as p
    where p.booking_id = p_booking_id and p.status in ('pending', 'processing', 'authorized', 'failed'))
  then
    perform lodging.end_intent(v_intent, 'expired');
  end if;
end;
$$;
comment on function lodging.follow_expiry(uuid) is 'Expires an intent whose last open payment has expired.';
revoke all on function lodging.follow_expiry(uuid) from public;
