-- Tell the product line of an order what happened to a payment: <line>.on_payment_event(booking_id, event, payment_id).
-- Events: started, processing, authorized, succeeded, failed, cancelled, refund_requested, refund_completed, refund_failed,
-- expired, disputed, dispute_closed (the counters of the payment tell how), paid_out, payout_reversed (of its payouts).
-- The answer to succeeded may be unfulfillable, else it is accepted. A line never hears of surplus payments.
-- Who: functions of ours, which hold the order. Locks: those of the line.
create or replace function payments.tell_line(p_payment payments.payments, p_event text)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_answer text := 'accepted';
begin
  if not p_payment.is_surplus then
    execute format('select %I.on_payment_event($1, $2, $3)',
      (select o.product_line from payments.orders as o where o.id = p_payment.booking_id))
      into v_answer using p_payment.booking_id, p_event, p_payment.id;
  end if;
  return v_answer;
end;
$$;
comment on function payments.tell_line(payments.payments, text) is 'Calls the hook of the product line and returns its answer.';
revoke all on function payments.tell_line(payments.payments, text) from public;
