-- Have an object of the provider cancelled that nobody shall pay any more. Paying it before that is a late payment.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.cancel_at_provider(p_payment payments.payments, p_payment_intent_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform payments.enqueue_once(p_payment, payments.topic(p_payment, 'cancel_payment_intent'), jsonb_build_object(
    'payment_id', p_payment.id, 'payment_intent_id', p_payment_intent_id));
end;
$$;
comment on function payments.cancel_at_provider(payments.payments, text) is 'Queues the cancellation of a payment at its provider once.';
revoke all on function payments.cancel_at_provider(payments.payments, text) from public;
