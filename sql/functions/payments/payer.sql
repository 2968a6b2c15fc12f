-- Who pays for an order, as far as its line knows: <line>.payer(booking_id), where it has such a function.
-- Who: functions of ours. Locks: none.
create or replace function payments.payer(p_booking_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_hook regprocedure;
  v_payer jsonb;
begin
  select to_regprocedure(format('%I.payer(uuid)', o.product_line)) into v_hook
  from payments.orders as o where o.id = p_booking_id;
  if v_hook is not null then
    execute format('select %s($1)', v_hook::regproc) into v_payer using p_booking_id;
  end if;
  return coalesce(v_payer, '{}');
end;
$$;
comment on function payments.payer(uuid) is 'Name and e-mail of who pays for an order; an empty object where its line cannot tell.';
revoke all on function payments.payer(uuid) from public;
