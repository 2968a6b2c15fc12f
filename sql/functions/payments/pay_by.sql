-- Until when an order can be paid: its line says how long it keeps what was ordered, by <line>.pay_by(booking_id).
-- Who: functions of ours, which hold the order. Locks: none.
create or replace function payments.pay_by(p_booking_id uuid)
returns timestamptz
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_pay_by timestamptz;
begin
  execute format('select %I.pay_by($1)', (select o.product_line from payments.orders as o where o.id = p_booking_id))
    into v_pay_by using p_booking_id;
  return v_pay_by;
end;
$$;
comment on function payments.pay_by(uuid) is 'When the line gives an unpaid order up; null where it waits for ever.';
revoke all on function payments.pay_by(uuid) from public;
