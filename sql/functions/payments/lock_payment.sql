-- Lock an order and then its payment, and read the payment as it is now.
-- Who: functions of ours. Locks: the order, the payment. Returns a row of nulls where there is no such payment.
create or replace function payments.lock_payment(p_payment_id uuid)
returns payments.payments
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
begin
  perform from payments.orders as o
  where o.id = (select p.booking_id from payments.payments as p where p.id = p_payment_id)
  for no key update;
  select * into v_payment from payments.payments as p where p.id = p_payment_id for no key update;
  return v_payment;
end;
$$;
comment on function payments.lock_payment(uuid) is 'Locks the order of a payment, then the payment, and returns it.';
revoke all on function payments.lock_payment(uuid) from public;
