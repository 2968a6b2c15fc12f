-- Execute the payouts of batches, payee by payee; one that fails goes before a person and does not stop the others.
-- One worker at a time does it, so that several payees are locked by nobody else.
-- Who: tick. Locks: orders and payouts (skip locked), payees; a savepoint each.
create or replace function payments.tick_execute_payouts(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
  v_count integer := 0;
  v_state text;
  v_message text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('payments.tick_execute_payouts', 0)) then
    return 0;
  end if;
  for v_payout in
    select p.*
    from payments.payouts as p
    join payments.orders as o on o.id = p.booking_id
    where p.status = 'scheduled'
    order by p.recipient_id, p.id
    limit p_limit
    for no key update of o, p skip locked
  loop
    begin
      perform payments.execute_payout(v_payout);
      v_count := v_count + 1;
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
      if core.is_transient(v_state) then
        raise;
      end if;
      perform core.open_exception('payout_failed', v_payout.city_code, v_payout.booking_id,
        jsonb_build_object('payout_id', v_payout.id, 'sqlstate', v_state, 'message', v_message));
    end;
  end loop;
  return v_count;
end;
$$;
comment on function payments.tick_execute_payouts(integer) is 'Starts payouts that are in a batch and returns how many.';
revoke all on function payments.tick_execute_payouts(integer) from public;
