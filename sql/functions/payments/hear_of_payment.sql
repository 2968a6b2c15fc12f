-- A provider says that something has become of a payment: see what, since news come in any order.
-- Who: apply_stripe_event. Locks: none.
create or replace function payments.hear_of_payment(p_notice jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
begin
  select * into v_payment from payments.payments as p where p.id = payments.find_payment(p_notice);
  if not found then
    return payments.outcome('waiting');
  end if;
  perform payments.fetch_payment(v_payment, p_notice ->> 'id');
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.hear_of_payment(jsonb) is 'Queues a look at the payment that a notice names.';
revoke all on function payments.hear_of_payment(jsonb) from public;
