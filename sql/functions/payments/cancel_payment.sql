-- Call a payment off: ours is cancelled at once, the provider's object by a command. Should the customer have paid
-- meanwhile, the provider's answer makes it a late payment.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.cancel_payment(p_payment payments.payments, p_reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update payments.payments as p
  set status = 'cancelled', metadata = p.metadata || jsonb_build_object('cancelled_because', p_reason)
  where p.id = p_payment.id;
  if p_payment.stripe_checkout_session_id is not null then
    perform payments.close_checkout_session(p_payment, p_payment.stripe_checkout_session_id);
  elsif p_payment.gateway_payment_intent_id is not null then
    perform payments.end_pix_charge(p_payment);
    perform payments.cancel_at_provider(p_payment, p_payment.gateway_payment_intent_id);
  end if;
end;
$$;
comment on function payments.cancel_payment(payments.payments, text) is
  'Cancels an open payment and queues the same at the provider.';
revoke all on function payments.cancel_payment(payments.payments, text) from public;
