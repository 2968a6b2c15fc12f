-- Demand that an intent still waits for its payment.
-- Who: functions of ours that hold its lock. Fails with: BOOKING_INTENT_EXPIRED, PAYMENT_ALREADY_PROCESSED.
create or replace function lodging.require_open(p_intent lodging.booking_intents)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_facts constant jsonb := jsonb_build_object(
    'booking_intent_id', p_intent.id, 'status', lodging.public_status(p_intent.status), 'expires_at', p_intent.expires_at);
begin
  if p_intent.status in ('payment_confirmed', 'converted') then
    perform core.raise('PAYMENT_ALREADY_PROCESSED', v_facts);
  elsif p_intent.status in ('expired', 'cancelled') or p_intent.expires_at <= core.now() then
    perform core.raise('BOOKING_INTENT_EXPIRED', v_facts);
  end if;
end;
$$;
comment on function lodging.require_open(lodging.booking_intents) is 'Raises unless the intent is unpaid and within its time.';
revoke all on function lodging.require_open(lodging.booking_intents) from public;
