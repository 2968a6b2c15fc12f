-- Have a payment looked at where it is made; while one look is under way there is no other.
-- Who: functions of ours. Locks: none.
create or replace function payments.fetch_payment(p_payment payments.payments, p_payment_intent_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_topic constant text := payments.fetch_topic(p_payment);
  v_payload constant jsonb := jsonb_build_object('object', 'payment_intent', 'id', p_payment_intent_id);
begin
  if not exists (
    select from core.outbox as o
    where o.booking_id = p_payment.booking_id and o.topic = v_topic and o.payload = v_payload
      and o.status = 'pending' and o.claim_token is null)
  then
    perform core.enqueue_command(v_topic, 'payment:' || p_payment.id, p_payment.city_code, p_payment.booking_id, v_payload);
  end if;
end;
$$;
comment on function payments.fetch_payment(payments.payments, text) is 'Queues a look at a payment at its provider.';
revoke all on function payments.fetch_payment(payments.payments, text) from public;
