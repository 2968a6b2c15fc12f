-- Expire an unpaid intent whose time is over. Its open payments are called off, its nights are free again.
-- Who: functions of ours that hold the order's lock. Locks: intent, payments, unit, nights.
create or replace function lodging.expire_intent(p_booking_intent_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_intent lodging.booking_intents;
begin
  select * into strict v_intent from lodging.booking_intents as i where i.id = p_booking_intent_id for no key update;
  if v_intent.status not in ('intent_created', 'payment_pending') or v_intent.expires_at > core.now() then
    return false;
  end if;
  perform lodging.end_intent(v_intent, 'expired');
  return true;
end;
$$;
comment on function lodging.expire_intent(uuid) is 'Expires the intent if it is unpaid and past its time; returns whether it did.';
revoke all on function lodging.expire_intent(uuid) from public;
