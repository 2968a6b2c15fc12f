-- Demand that an intent is the caller's.
-- Who: functions for guests and customers. Locks: none. Fails with: MISSING_REQUIRED_FIELD, BOOKING_INTENT_NOT_FOUND, as access.session_hash.
create or replace function lodging.require_own_intent(p_booking_intent_id uuid, p_session_id text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require('booking_intent_id', p_booking_intent_id is not null);
  if not exists (
    select from lodging.booking_intents as i
    join payments.orders as o on o.id = i.id
    where i.id = p_booking_intent_id and access.owns(o.customer_subject, o.session_hash, p_session_id))
  then
    perform core.raise('BOOKING_INTENT_NOT_FOUND', jsonb_build_object('booking_intent_id', p_booking_intent_id));
  end if;
end;
$$;
comment on function lodging.require_own_intent(uuid, text) is 'Raises BOOKING_INTENT_NOT_FOUND unless the intent is the caller''s.';
revoke all on function lodging.require_own_intent(uuid, text) from public;
