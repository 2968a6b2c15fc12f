-- A dispute is lost for good: as a refund of what was withdrawn, as far as the payment has something left, which makes
-- good the loss.
-- Who: payments. Locks: the order. Once per reference (the dispute).
-- Fails with: NOT_FOUND.
create or replace function ledger.record_dispute_lost(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := 'dispute_lost:' || p_reference;
  v_taken bigint;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  v_taken := least(p_amount, (ledger.standing(v_order, p_payment_id)).remaining);
  return ledger.post_for_order(v_order, p_payment_id, 'dispute_lost',
    ledger.collect(v_order, p_payment_id, v_taken)
      || ledger.move('customer_deposits', 'dispute_losses', v_taken, 'dispute', 'customer'),
    p_event_at, v_key, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_dispute_lost(uuid, uuid, bigint, text, timestamptz) is
  'Posts the shares of a lost dispute against commission, deposits and owner.';
revoke all on function ledger.record_dispute_lost(uuid, uuid, bigint, text, timestamptz) from public;
