-- Apply the refunds that a provider shows with their payment. While one of ours waits for its id there, others may be the same:
-- they are left for the next look.
-- Who: apply_payment_intent, which holds order and payment. Locks: what apply_refund locks.
create or replace function payments.apply_refunds(p_payment payments.payments, p_refunds jsonb, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_refund jsonb;
begin
  for v_refund in select f.value from jsonb_array_elements(coalesce(p_refunds, '[]')) as f loop
    if not exists (
      select from payments.refunds as r
      where r.payment_id = p_payment.id and r.status = 'pending' and r.gateway_refund_id is null)
      or exists (
        select from payments.refunds as r
        where r.gateway_refund_id = v_refund ->> 'id' or r.id = payments.metadata_id(v_refund, 'refund_id'))
    then
      perform payments.apply_refund(v_refund, p_at);
    end if;
  end loop;
end;
$$;
comment on function payments.apply_refunds(payments.payments, jsonb, timestamptz) is 'Applies the refunds within a payment of a provider.';
revoke all on function payments.apply_refunds(payments.payments, jsonb, timestamptz) from public;
