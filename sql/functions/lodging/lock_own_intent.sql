-- The caller's intent, locked. Other people's intents do not exist for him.
-- Who: functions for guests and customers. Locks: order, intent. Fails with: MISSING_REQUIRED_FIELD, BOOKING_INTENT_NOT_FOUND.
create or replace function lodging.lock_own_intent(p_booking_intent_id uuid, p_session_id text)
returns lodging.booking_intents
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform lodging.require_own_intent(p_booking_intent_id, p_session_id);
  return lodging.lock_intent(p_booking_intent_id);
end;
$$;
comment on function lodging.lock_own_intent(uuid, text) is 'Locks and returns an intent of the caller.';
revoke all on function lodging.lock_own_intent(uuid, text) from public;
