-- The charge of a payment that was called off cannot be paid any more: its time is over, or it was cancelled.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.end_pix_charge(p_payment payments.payments)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update payments.pix_charges as c
  set status = case when c.expires_at <= (select core.now()) then 'expired' else 'cancelled' end::payments.pix_status
  where c.payment_id = p_payment.id and c.status = 'pending'
$$;
comment on function payments.end_pix_charge(payments.payments) is 'Marks the open PIX charge of a payment as expired or cancelled.';
revoke all on function payments.end_pix_charge(payments.payments) from public;
