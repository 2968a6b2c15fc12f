-- Give up a stay before it is paid; a second time changes nothing.
-- Who: the guest or customer of the intent. Locks: order, intent, payments, unit, nights.
-- Fails with: BOOKING_INTENT_NOT_FOUND, PAYMENT_ALREADY_PROCESSED.
create or replace function lodging.cancel_booking_intent(p_booking_intent_id uuid, p_session_id text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent lodging.booking_intents := lodging.lock_own_intent(p_booking_intent_id, p_session_id);
begin
  if v_intent.status in ('payment_confirmed', 'converted') then
    perform lodging.require_open(v_intent);
  elsif v_intent.status in ('intent_created', 'payment_pending') then
    perform lodging.end_intent(v_intent, 'cancelled');
    v_intent.status := 'cancelled';
  end if;
  return jsonb_build_object('booking_intent_id', v_intent.id, 'status', v_intent.status);
end;
$$;
comment on function lodging.cancel_booking_intent(uuid, text) is 'Cancels an unpaid intent and releases its nights.';
revoke all on function lodging.cancel_booking_intent(uuid, text) from public;
grant execute on function lodging.cancel_booking_intent(uuid, text) to anon, authenticated, service_role;
