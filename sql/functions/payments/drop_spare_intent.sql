-- Two requests at the same time may make two intents for one payment. The first that we hear of counts; the other is cancelled
-- before anybody can pay it.
-- Who: functions of ours, which hold order and payment. Locks: none.
create or replace function payments.drop_spare_intent(p_payment payments.payments, p_object jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_object ->> 'status' <> 'canceled' then
    perform payments.cancel_at_provider(p_payment, p_object ->> 'id');
  end if;
  return payments.outcome('processed', p_payment.booking_id);
end;
$$;
comment on function payments.drop_spare_intent(payments.payments, jsonb) is 'Cancels an intent that a payment has no use for.';
revoke all on function payments.drop_spare_intent(payments.payments, jsonb) from public;
