-- What a guest already holds of a unit for the same nights: his intent, if he asks for the same again; another one is ended.
-- A stay that cost nothing is converted at once; within the time it would have been held, it answers as well.
-- Who: create_booking_intent, which holds the session. Locks: order, intent, payments, unit, nights.
create or replace function lodging.renew_intent(
  p_session_hash text, p_unit_id uuid, p_check_in date, p_check_out date, p_request text)
returns lodging.booking_intents
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_intent lodging.booking_intents;
begin
  select i.id into v_id
  from lodging.booking_intents as i
  where i.session_id = p_session_hash and i.unit_id = p_unit_id and i.check_in = p_check_in and i.check_out = p_check_out
    and (i.status in ('intent_created', 'payment_pending')
         or (i.status = 'converted' and i.total_amount = 0 and i.expires_at > (select core.now())));
  if not found then
    return null;
  end if;

  v_intent := lodging.lock_intent(v_id);
  if v_intent.metadata ->> 'request' = p_request and v_intent.expires_at > core.now()
     and v_intent.status not in ('expired', 'cancelled')
  then
    return v_intent;
  end if;
  if v_intent.status in ('intent_created', 'payment_pending') and v_intent.expires_at > core.now() then
    perform lodging.end_intent(v_intent, 'cancelled');
  else
    perform lodging.expire_intent(v_id);
  end if;
  return null;
end;
$$;
comment on function lodging.renew_intent(text, uuid, date, date, text) is 'The guest''s open intent for the same request, or null, after ending one for a changed request.';
revoke all on function lodging.renew_intent(text, uuid, date, date, text) from public;
