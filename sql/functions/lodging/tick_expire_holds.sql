-- Expire unpaid intents past their time, oldest first.
-- Who: tick. Locks: orders and units that it need not wait for, then as expire_intent; a savepoint each.
create or replace function lodging.tick_expire_holds(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_overdue record;
  v_done integer := 0;
begin
  for v_overdue in
    select o.id, b.unit_id
    from lodging.booking_intents as b
    join payments.orders as o on o.id = b.id
    where b.status in ('intent_created', 'payment_pending') and b.expires_at <= (select core.now())
      and not lodging.has_failed('expire_intent', o.id)
    order by b.expires_at
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.try_lock_unit(v_overdue.unit_id) and lodging.attempt('expire_intent', v_overdue.id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_expire_holds(integer) is 'Expires unpaid intents past their time and releases their nights.';
revoke all on function lodging.tick_expire_holds(integer) from public;
