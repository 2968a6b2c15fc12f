-- Tax withheld from a PIX payment.
-- Who: payments. Locks: the order. Once per payment.
-- Fails with: NOT_FOUND.
create or replace function ledger.record_pix_tax(
  p_booking_id uuid, p_payment_id uuid, p_amount bigint, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  return ledger.post_for_order(v_order, p_payment_id, 'pix_tax',
    ledger.move('iof_expense', 'cash_reserve', p_amount, 'iof_tax', 'tax_authority'),
    p_event_at, 'pix_tax:' || p_payment_id);
end;
$$;
comment on function ledger.record_pix_tax(uuid, uuid, bigint, timestamptz) is
  'Posts the tax that was withheld from a PIX payment.';
revoke all on function ledger.record_pix_tax(uuid, uuid, bigint, timestamptz) from public;
