-- The money of a payment has come, in full. The first payment of an order goes to its books and its line, which may find
-- that it cannot be fulfilled any more; every other one is surplus. Both of these are refunded in full at once.
-- Who: functions of ours, which hold order and payment. Locks: what the ledger and the line lock, open payments of the order.
create or replace function payments.receive_payment(p_payment payments.payments, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_tax bigint;
begin
  if p_payment.amount_captured > 0 then
    return;
  end if;

  update payments.payments as p
  set status = 'succeeded', amount_captured = p.amount, amount_authorized = p.amount, processed_at = clock_timestamp(),
      failure_code = null, failure_message = null,
      is_surplus = exists (
        select from payments.payments as other
        where other.booking_id = p.booking_id and other.amount_captured > 0 and not other.is_surplus)
  where p.id = p_payment.id
  returning * into v_payment;
  update payments.pix_charges as c set status = 'paid', paid_at = p_at where c.payment_id = p_payment.id
  returning nullif(c.iof_amount, 0) into v_tax;

  if v_payment.is_surplus then
    perform payments.request_refund(v_payment.id, null, 'admin_override', 'the order was already paid', 'surplus', null);
  else
    perform ledger.record_payment_received(v_payment.booking_id, v_payment.id, v_payment.amount_captured, p_at);
  end if;
  if v_tax is not null then
    perform ledger.record_pix_tax(v_payment.booking_id, v_payment.id, v_tax, p_at);
  end if;
  if not v_payment.is_surplus then
    if payments.tell_line(v_payment, 'succeeded') = 'unfulfillable' then
      perform payments.request_refund(
        v_payment.id, null, 'admin_override', 'what was paid for is no longer available', 'unfulfillable', null);
    end if;
  end if;
  perform payments.cancel_open_payments(v_payment.booking_id, 'paid otherwise');
end;
$$;
comment on function payments.receive_payment(payments.payments, timestamptz) is
  'Takes in the money of a payment: books, line, and a refund where the money cannot be kept.';
revoke all on function payments.receive_payment(payments.payments, timestamptz) from public;
