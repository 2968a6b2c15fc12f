-- A bank gave back what a dispute had been lost for: the money is in the deposits of its booking again.
-- Who: payments. Locks: the order. Once per reference.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_loss_regained(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'loss_regained',
    ledger.move('dispute_losses', 'customer_deposits', p_amount, 'dispute', 'customer'),
    p_event_at, 'loss_regained:' || p_reference, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_loss_regained(uuid, uuid, bigint, text, timestamptz) is
  'Posts what came back after a dispute was lost into the deposits of its booking.';
revoke all on function ledger.record_loss_regained(uuid, uuid, bigint, text, timestamptz) from public;
