-- End an intent that holds nights: status, open payments, nights.
-- Who: functions of ours that hold the locks of order and intent. Locks: payments, unit, nights. Fails with: INVALID_TRANSITION.
create or replace function lodging.end_intent(p_intent lodging.booking_intents, p_status lodging.booking_intent_status)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update lodging.booking_intents as i set status = p_status where i.id = p_intent.id;
  perform payments.cancel_open_payments(p_intent.id, p_status::text);
  perform lodging.change_nights(p_intent.unit_id, p_intent.check_in, p_intent.check_out, -1, 0);
end;
$$;
comment on function lodging.end_intent(lodging.booking_intents, lodging.booking_intent_status) is
  'Expires or cancels an intent, calls off its payments and releases its nights.';
revoke all on function lodging.end_intent(lodging.booking_intents, lodging.booking_intent_status) from public;
