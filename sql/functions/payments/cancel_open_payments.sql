-- Call off every open payment of an order.
-- Who: product lines (a hold ran out, a booking was cancelled) and functions of ours. Locks: the order, its open payments.
create or replace function payments.cancel_open_payments(p_booking_id uuid, p_reason text)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_count integer := 0;
begin
  perform from payments.orders as o where o.id = p_booking_id for no key update;
  for v_payment in
    select * from payments.payments as p
    where p.booking_id = p_booking_id and p.status in ('pending', 'processing', 'authorized', 'failed')
    order by p.id
    for no key update
  loop
    perform payments.cancel_payment(v_payment, p_reason);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function payments.cancel_open_payments(uuid, text) is
  'Cancels the open payments of an order and returns how many there were.';
revoke all on function payments.cancel_open_payments(uuid, text) from public;
