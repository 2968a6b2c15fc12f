-- Have a page of the provider closed on which nobody shall pay any more. Paying on it before that is a late payment.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.close_checkout_session(p_payment payments.payments, p_checkout_session_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform payments.enqueue_once(p_payment, 'payments.expire_checkout_session', jsonb_build_object(
    'payment_id', p_payment.id, 'checkout_session_id', p_checkout_session_id));
end;
$$;
comment on function payments.close_checkout_session(payments.payments, text) is 'Queues the expiry of a Checkout session of Stripe once.';
revoke all on function payments.close_checkout_session(payments.payments, text) from public;
