-- Refund a payment in part or, without an amount, all that is left of it; the provider is asked by a command.
-- While a refund with the same key is pending, it is returned instead. It ends the cases of those failed refunds that it repeats,
-- or covers because it takes all that is left.
-- Who: functions of ours, which have checked the caller. Locks: the order, the payment, what ledger and line lock.
-- Fails with: NOT_FOUND, INVALID_PARAMETER, DISPUTE_OPEN, AMOUNT_TOO_LARGE (names what is left).
create or replace function payments.request_refund(
  p_payment_id uuid, p_amount bigint, p_reason payments.refund_reason, p_reason_details text,
  p_request_key text, p_requested_by text)
returns payments.refunds
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_refund payments.refunds;
begin
  perform core.require_valid('amount', coalesce(p_amount, 1) > 0, 'above zero');
  v_payment := payments.lock_payment(p_payment_id);
  if v_payment.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('payment_id', p_payment_id));
  end if;
  select * into v_refund from payments.refunds as r
  where r.payment_id = p_payment_id and r.request_key = p_request_key and r.status = 'pending';
  if found then
    return v_refund;
  end if;
  if payments.is_disputed(p_payment_id) then
    perform core.raise('DISPUTE_OPEN', jsonb_build_object('payment_id', p_payment_id));
  end if;

  v_refund := payments.open_refund(
    v_payment, coalesce(p_amount, v_payment.amount_captured - v_payment.refund_amount - v_payment.lost_amount),
    p_reason, p_reason_details, p_request_key, p_requested_by);
  perform core.enqueue_command(
    payments.topic(v_payment, 'create_refund'), 'payment:' || v_payment.id, v_payment.city_code, v_payment.booking_id,
    jsonb_build_object(
      'refund_id', v_refund.id, 'payment_id', v_payment.id, 'booking_id', v_payment.booking_id,
      'payment_intent_id', v_payment.gateway_payment_intent_id, 'amount', v_refund.amount,
      'currency', lower(v_refund.currency), 'reason', v_refund.reason));
  perform core.resolve_exceptions('refund_failed', r.booking_id, jsonb_build_object('refund_id', r.id), 'refunded again')
  from payments.refunds as r
  where r.payment_id = p_payment_id and r.status = 'failed'
    and (p_request_key in (r.request_key, 'retry:' || r.id)
         or v_refund.amount = v_payment.amount_captured - v_payment.refund_amount - v_payment.lost_amount);
  return v_refund;
end;
$$;
comment on function payments.request_refund(uuid, bigint, payments.refund_reason, text, text, text) is
  'Opens a refund of a payment, in minor units, and queues it at the provider.';
revoke all on function payments.request_refund(uuid, bigint, payments.refund_reason, text, text, text) from public;
