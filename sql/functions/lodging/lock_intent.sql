-- An intent, locked in the order that everybody keeps.
-- Who: functions of ours. Locks: order, intent.
create or replace function lodging.lock_intent(p_booking_intent_id uuid)
returns lodging.booking_intents
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent lodging.booking_intents;
begin
  perform from payments.orders as o where o.id = p_booking_intent_id for no key update;
  select * into v_intent from lodging.booking_intents as i where i.id = p_booking_intent_id for no key update;
  return v_intent;
end;
$$;
comment on function lodging.lock_intent(uuid) is 'Locks order and intent and returns the intent; null if there is none.';
revoke all on function lodging.lock_intent(uuid) from public;
