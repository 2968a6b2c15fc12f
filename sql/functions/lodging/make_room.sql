-- Whether a stay finds every night free, after releasing holds of the unit that are past their time.
-- Who: functions of ours, before a claim. Locks: the unit; then orders and intents of overdue holds, none of which it waits for.
create or replace function lodging.make_room(p_unit_id uuid, p_check_in date, p_check_out date)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_overdue uuid;
begin
  perform lodging.lock_unit(p_unit_id);
  if lodging.is_free(p_unit_id, p_check_in, p_check_out) then
    return true;
  end if;
  for v_overdue in
    select o.id
    from lodging.booking_intents as i
    join payments.orders as o on o.id = i.id
    where i.unit_id = p_unit_id and i.holds_inventory and i.expires_at <= (select core.now())
      and i.check_in < p_check_out and i.check_out > p_check_in
    order by i.expires_at
    for no key update of o skip locked
  loop
    perform lodging.expire_intent(v_overdue);
  end loop;
  return lodging.is_free(p_unit_id, p_check_in, p_check_out);
end;
$$;
comment on function lodging.make_room(uuid, date, date) is 'Locks the unit, expires overdue holds if nights are missing, and returns whether each night of the stay is free.';
revoke all on function lodging.make_room(uuid, date, date) from public;
