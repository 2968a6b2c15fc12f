-- Open a refund: the row, the books, the line. The counters of the payment follow by trigger, which also refuses too much.
-- Who: functions of ours, which hold order and payment. Locks: what the ledger and the line lock.
-- Fails with: AMOUNT_TOO_LARGE.
create or replace function payments.open_refund(
  p_payment payments.payments, p_amount bigint, p_reason payments.refund_reason, p_reason_details text,
  p_request_key text, p_requested_by text, p_gateway_refund_id text default null)
returns payments.refunds
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant uuid := core.new_id();
  v_left constant bigint := p_payment.amount_captured - p_payment.refund_amount - p_payment.lost_amount;
  v_transaction_id uuid;
  v_refund payments.refunds;
begin
  if p_amount > v_left or v_left = 0 then
    perform core.raise('AMOUNT_TOO_LARGE', jsonb_build_object('payment_id', p_payment.id, 'left', v_left));
  end if;

  if p_payment.is_surplus and not exists (select from payments.refunds as r where r.payment_id = p_payment.id) then
    v_transaction_id := ledger.record_surplus_received(p_payment.booking_id, p_payment.id, v_id, p_amount, core.now());
  else
    v_transaction_id := ledger.record_refund_requested(p_payment.booking_id, p_payment.id, v_id, p_amount, core.now());
  end if;
  insert into payments.refunds
    (id, payment_id, booking_id, city_code, amount, currency, reason, reason_details, gateway_refund_id, request_key,
     requested_by, processed_by, ledger_transaction_id)
  values
    (v_id, p_payment.id, p_payment.booking_id, p_payment.city_code, p_amount, p_payment.currency, p_reason, p_reason_details,
     p_gateway_refund_id, p_request_key, p_requested_by,
     (select u.id from auth.users as u where u.id::text = p_requested_by), v_transaction_id)
  returning * into v_refund;
  perform payments.tell_line(p_payment, 'refund_requested');
  return v_refund;
end;
$$;
comment on function payments.open_refund(payments.payments, bigint, payments.refund_reason, text, text, text, text) is
  'Adds a pending refund of a payment and posts it as owed to the customer.';
revoke all on function payments.open_refund(payments.payments, bigint, payments.refund_reason, text, text, text, text) from public;
