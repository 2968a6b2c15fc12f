-- Lock an order and then its payout, and read the payout as it is now.
-- Who: functions of ours. Locks: the order, the payout. Returns a row of nulls where there is no such payout.
create or replace function payments.lock_payout(p_payout_id uuid)
returns payments.payouts
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
begin
  perform from payments.orders as o
  where o.id = (select p.booking_id from payments.payouts as p where p.id = p_payout_id)
  for no key update;
  select * into v_payout from payments.payouts as p where p.id = p_payout_id for no key update;
  return v_payout;
end;
$$;
comment on function payments.lock_payout(uuid) is 'Locks the order of a payout, then the payout, and returns it.';
revoke all on function payments.lock_payout(uuid) from public;
