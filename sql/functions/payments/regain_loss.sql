-- Money came back after a dispute was lost: so much less was lost, and the line sees what becomes of it.
-- Who: functions of ours, which hold order and payment. Locks: what the ledger and the line lock.
create or replace function payments.regain_loss(p_payment payments.payments, p_dispute payments.disputes, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_amount constant bigint := p_dispute.lost_amount - (p_dispute.withdrawn_amount - p_dispute.reinstated_amount);
begin
  if v_amount > 0 then
    perform ledger.record_loss_regained(p_dispute.booking_id, p_dispute.payment_id, v_amount,
      p_dispute.gateway_dispute_id || ':' || p_dispute.reinstated_amount, p_at);
    update payments.disputes as d set lost_amount = d.lost_amount - v_amount where d.id = p_dispute.id;
    perform payments.tell_line(p_payment, 'dispute_closed');
  end if;
end;
$$;
comment on function payments.regain_loss(payments.payments, payments.disputes, timestamptz) is 'Takes back a part of what a dispute has lost.';
revoke all on function payments.regain_loss(payments.payments, payments.disputes, timestamptz) from public;
