-- End a dispute. What was lost is shared out as a refund would be; the counters and the state of the payment follow by trigger.
-- The case is resolved, the line told.
-- Who: functions of ours, which hold order and payment. Locks: what the ledger and the line lock.
create or replace function payments.close_dispute(
  p_payment payments.payments, p_dispute payments.disputes, p_status text, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_lost constant bigint := case p_status when 'lost' then payments.post_loss(p_dispute, p_dispute.gateway_dispute_id, p_at) else 0 end;
begin
  update payments.disputes as d set status = p_status, lost_amount = v_lost, closed_at = p_at where d.id = p_dispute.id;
  perform core.resolve_exceptions(
    'payment_disputed', p_dispute.booking_id, jsonb_build_object('dispute', p_dispute.gateway_dispute_id), p_status);
  perform payments.tell_line(p_payment, 'dispute_closed');
end;
$$;
comment on function payments.close_dispute(payments.payments, payments.disputes, text, timestamptz) is
  'Closes a dispute as won or lost and posts the loss.';
revoke all on function payments.close_dispute(payments.payments, payments.disputes, text, timestamptz) from public;
