-- Expire charges that were not paid in time, oldest first.
-- Who: tick. Locks: orders (skip locked), then as expire_pix_charge; a savepoint each.
create or replace function payments.tick_expire_pix_charges(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_overdue record;
  v_done integer := 0;
  v_state text;
  v_message text;
begin
  for v_overdue in
    select p.id, p.booking_id, p.city_code
    from payments.pix_charges as c
    join payments.payments as p on p.id = c.payment_id
    join payments.orders as o on o.id = p.booking_id
    where c.status = 'pending' and c.expires_at <= (select core.now())
    order by c.expires_at
    limit p_limit
    for no key update of o skip locked
  loop
    begin
      perform payments.expire_pix_charge(v_overdue.id);
      v_done := v_done + 1;
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
      if core.is_transient(v_state) then
        raise;
      end if;
      perform core.open_exception('pix_charge_not_expired', v_overdue.city_code, v_overdue.booking_id, jsonb_build_object(
        'payment_id', v_overdue.id, 'sqlstate', v_state, 'message', v_message));
    end;
  end loop;
  return v_done;
end;
$$;
comment on function payments.tick_expire_pix_charges(integer) is 'Expires PIX charges past their time and returns how many.';
revoke all on function payments.tick_expire_pix_charges(integer) from public;
