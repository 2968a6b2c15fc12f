-- What a payment means for a stay.
-- Who: payments, which holds the order. Locks: intent or reservation, unit, nights.
-- Fails with: BOOKING_INTENT_EXPIRED, PAYMENT_ALREADY_PROCESSED, MISSING_REQUIRED_FIELD, INVALID_PARAMETER (only when a payment starts).
create or replace function lodging.on_payment_event(p_booking_id uuid, p_event text, p_payment_id uuid)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_event = 'started' then
    perform lodging.extend_hold(p_booking_id, p_payment_id);
  elsif p_event = 'succeeded' then
    return lodging.accept_payment(p_booking_id, p_payment_id);
  elsif p_event = 'expired' then
    perform lodging.follow_expiry(p_booking_id);
  elsif p_event like 'refund%' then
    perform lodging.follow_refund(p_booking_id, p_event, p_payment_id);
  elsif p_event = 'dispute_closed' then
    perform lodging.follow_dispute(p_booking_id, p_payment_id);
  elsif p_event in ('paid_out', 'payout_reversed') then
    perform lodging.follow_payout(p_booking_id, p_event);
  end if;
  return 'accepted';
end;
$$;
comment on function lodging.on_payment_event(uuid, text, uuid) is
  'The hook of the product line: accepted, or unfulfillable if money came for nights that are gone.';
revoke all on function lodging.on_payment_event(uuid, text, uuid) from public;
