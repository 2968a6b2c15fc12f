-- A refund did not reach its customer: the books have the money again, a person must look, the line is told. Where disputes were
-- lost meanwhile that took more than was left then, they have taken this money.
-- Who: functions of ours, which hold order and payment. Locks: what ledger and line lock.
create or replace function payments.fail_refund(p_refund payments.refunds, p_reason text, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment payments.payments;
  v_dispute payments.disputes;
begin
  perform ledger.record_refund_failed(p_refund.booking_id, p_refund.payment_id, p_refund.id, p_at);
  update payments.refunds as r set status = 'failed', processed_at = clock_timestamp() where r.id = p_refund.id;
  perform core.open_exception('refund_failed', p_refund.city_code, p_refund.booking_id, jsonb_build_object(
    'refund_id', p_refund.id, 'payment_id', p_refund.payment_id, 'reason', p_reason));
  select * into strict v_payment from payments.payments as p where p.id = p_refund.payment_id;
  perform payments.tell_line(v_payment, 'refund_failed');

  for v_dispute in
    select * from payments.disputes as d
    where d.payment_id = p_refund.payment_id and d.status = 'lost'
      and d.withdrawn_amount - d.reinstated_amount > d.lost_amount
    order by d.id
  loop
    update payments.disputes as d
    set lost_amount = d.lost_amount + payments.post_loss(v_dispute, v_dispute.gateway_dispute_id || ':' || p_refund.id, p_at)
    where d.id = v_dispute.id;
    perform payments.tell_line(v_payment, 'dispute_closed');
  end loop;
end;
$$;
comment on function payments.fail_refund(payments.refunds, text, timestamptz) is 'Fails a refund, settled or not, and puts it before a person.';
revoke all on function payments.fail_refund(payments.refunds, text, timestamptz) from public;
