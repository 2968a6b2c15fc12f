-- Share out what a lost dispute took of a payment and was not shared out yet, as far as something is left of the payment.
-- Returns the amount, which the caller adds to the dispute. Where nothing is left, no failed refund needs a person any more.
-- Who: functions of ours, which hold order and payment. Locks: none. Once per reference.
create or replace function payments.post_loss(p_dispute payments.disputes, p_reference text, p_at timestamptz)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_left bigint;
  v_loss bigint;
begin
  select p.amount_captured - p.refund_amount - p.lost_amount into strict v_left
  from payments.payments as p where p.id = p_dispute.payment_id;
  v_loss := least(p_dispute.withdrawn_amount - p_dispute.reinstated_amount - p_dispute.lost_amount, v_left);
  perform ledger.record_dispute_lost(p_dispute.booking_id, p_dispute.payment_id, v_loss, p_reference, p_at);
  if v_loss = v_left then
    perform core.resolve_exceptions('refund_failed', p_dispute.booking_id,
      jsonb_build_object('payment_id', p_dispute.payment_id), 'lost in a dispute');
  end if;
  return v_loss;
end;
$$;
comment on function payments.post_loss(payments.disputes, text, timestamptz) is 'Posts the open part of a lost dispute, in minor units, and returns it.';
revoke all on function payments.post_loss(payments.disputes, text, timestamptz) from public;
