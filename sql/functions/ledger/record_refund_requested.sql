-- Money is to go back to a customer. It comes from the commission on it, the booking's deposits, the owner's unpaid share,
-- and last from the owner, who then owes it.
-- Who: payments. Locks: the order. Once per refund.
-- Fails with: NOT_FOUND, AMOUNT_TOO_LARGE (more than what is left of the payment).
create or replace function ledger.record_refund_requested(
  p_booking_id uuid, p_payment_id uuid, p_refund_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
  v_key constant text := 'refund_requested:' || p_refund_id;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  return ledger.post_for_order(v_order, p_payment_id, 'refund_requested',
    ledger.collect(v_order, p_payment_id, p_amount)
      || ledger.move('customer_deposits', 'refunds_payable', p_amount, 'refund_processed', 'customer'),
    p_event_at, v_key, jsonb_build_object('refund_id', p_refund_id));
end;
$$;
comment on function ledger.record_refund_requested(uuid, uuid, uuid, bigint, timestamptz) is
  'Posts a refund as owed to the customer.';
revoke all on function ledger.record_refund_requested(uuid, uuid, uuid, bigint, timestamptz) from public;
