-- The time of a charge is over: its payment has expired, and is cancelled at the provider. The line decides what becomes of the order.
-- Who: tick_expire_pix_charges, which holds the order. Locks: the payment, what the line locks.
create or replace function payments.expire_pix_charge(p_payment_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_was payments.payment_status;
  v_payment payments.payments := payments.lock_payment(p_payment_id);
begin
  v_was := v_payment.status;
  perform payments.end_pix_charge(v_payment);
  if v_was not in ('pending', 'processing', 'authorized', 'failed') then
    return;
  end if;
  update payments.payments as p set status = 'expired' where p.id = p_payment_id returning * into v_payment;
  if v_was <> 'failed' then
    perform payments.record_attempt(v_payment, v_payment.gateway_payment_intent_id, 'failed',
      '{"code": "expired", "message": "The PIX code was not paid in time."}', core.now());
  end if;
  perform payments.cancel_at_provider(v_payment, v_payment.gateway_payment_intent_id);
  perform payments.tell_line(v_payment, 'expired');
end;
$$;
comment on function payments.expire_pix_charge(uuid) is 'Expires the PIX charge of a payment, and the payment.';
revoke all on function payments.expire_pix_charge(uuid) from public;
