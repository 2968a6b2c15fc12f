-- Nobody holds many rooms at once. One creation per session and per address at a time, so that the count is exact.
-- Who: create_booking_intent. Locks: session and address, until the transaction ends (see lock_guest). Fails with: RATE_LIMIT_EXCEEDED.
create or replace function lodging.require_few_holds(p_session_hash text, p_address_hash text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_limits constant jsonb := core.setting('lodging.open_holds');
begin
  if (select count(*) from lodging.booking_intents as i
      where i.session_id = p_session_hash and i.holds_inventory and i.expires_at > (select core.now()))
     >= (v_limits ->> 'per_session')::integer
  then
    perform core.raise('RATE_LIMIT_EXCEEDED', jsonb_build_object('open_holds', v_limits -> 'per_session', 'per', 'session'));
  end if;
  if (select count(*) from lodging.booking_intents as i
      where i.ip_hash = p_address_hash and i.holds_inventory and i.expires_at > (select core.now()))
     >= (v_limits ->> 'per_address')::integer
  then
    perform core.raise('RATE_LIMIT_EXCEEDED', jsonb_build_object('open_holds', v_limits -> 'per_address', 'per', 'address'));
  end if;
end;
$$;
comment on function lodging.require_few_holds(text, text) is 'Raises RATE_LIMIT_EXCEEDED where a session or an address holds as many rooms as the setting lodging.open_holds allows.';
revoke all on function lodging.require_few_holds(text, text) from public;
