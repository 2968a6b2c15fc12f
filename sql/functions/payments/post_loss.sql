-- Share out what a lost dispute took of a payment and was not shared out yet, as far as something is left of the payment.
-- Returns the amount, which the caller adds to the dispute.
-- Who: functions of ours, which hold order and payment. Locks: none. Once per reference.
create or replace function payments.post_loss(p_dispute payments.disputes, p_reference text, p_at timestamptz)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_loss bigint;
begin
  select least(
    p_dispute.withdrawn_amount - p_dispute.reinstated_amount - p_dispute.lost_amount,
    p.amount_captured - p.refund_amount - p.lost_amount)
  into strict v_loss
  from payments.payments as p where p.id = p_dispute.payment_id;
  perform ledger.record_dispute_lost(p_dispute.booking_id, p_dispute.payment_id, v_loss, p_reference, p_at);
  return v_loss;
end;
$$;
comment on function payments.post_loss(payments.disputes, text, timestamptz) is 'Posts the open part of a lost dispute, in minor units, and returns it.';
revoke all on function payments.post_loss(payments.disputes, text, timestamptz) from public;
