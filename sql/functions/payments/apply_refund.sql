-- Bring a refund up to a snapshot of the provider's: pending, then settled, then perhaps failed; never back.
-- A refund made at the provider by hand is adopted; one of a payment that we do not know as paid yet waits.
-- Who: functions of ours. Locks: the order, the payment, what ledger and line lock.
create or replace function payments.apply_refund(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := p_object ->> 'id';
  v_is_ours constant boolean := p_object #> '{metadata,refund_id}' is not null;
  v_payment payments.payments;
  v_refund payments.refunds;
begin
  v_payment := payments.lock_payment(coalesce(
    (select r.payment_id from payments.refunds as r where r.gateway_refund_id = v_id),
    (select r.payment_id from payments.refunds as r where r.id = payments.metadata_id(p_object, 'refund_id')),
    payments.find_payment(p_object)));
  if v_payment.id is null or v_payment.amount_captured = 0 then
    return payments.outcome('waiting');
  end if;
  select * into v_refund from payments.refunds as r
  where r.payment_id = v_payment.id
    and (r.gateway_refund_id = v_id or r.id = payments.metadata_id(p_object, 'refund_id'));
  if not payments.agrees(v_payment, p_object,
    jsonb_build_object('refund', coalesce(v_refund.gateway_refund_id, v_id), 'currency', lower(v_payment.currency),
      'amount', v_refund.amount, 'is_ours', v_refund.id is not null),
    jsonb_build_object('refund', v_id, 'currency', p_object -> 'currency',
      'amount', case when v_refund.id is not null then p_object -> 'amount' end,
      'is_ours', v_is_ours or v_refund.gateway_refund_id is not null))
  then
    return payments.outcome('ignored', v_payment.booking_id);
  end if;

  if v_refund.id is null then
    v_refund := payments.open_refund(
      v_payment, payments.stripe_number(p_object, 'amount', 1), 'admin_override', 'made at the provider', v_id, null, v_id);
  elsif v_refund.gateway_refund_id is null then
    update payments.refunds as r set gateway_refund_id = v_id where r.id = v_refund.id;
  end if;

  if p_object ->> 'status' = 'succeeded' and v_refund.status = 'pending' then
    perform ledger.record_refund_settled(v_payment.booking_id, v_payment.id, v_refund.id, p_at);
    update payments.refunds as r set status = 'completed', processed_at = clock_timestamp() where r.id = v_refund.id;
    perform payments.tell_line(v_payment, 'refund_completed');
  elsif p_object ->> 'status' in ('failed', 'canceled') and v_refund.status <> 'failed' then
    perform payments.fail_refund(v_refund, p_object ->> 'failure_reason', p_at);
  end if;
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_refund(jsonb, timestamptz) is 'Applies a refund of Stripe to ours.';
revoke all on function payments.apply_refund(jsonb, timestamptz) from public;
