-- Queue a command about a payment unless the same one was queued before.
-- Who: functions of ours, which hold the order. Locks: none.
create or replace function payments.enqueue_once(p_payment payments.payments, p_topic text, p_payload jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if not exists (
    select from core.outbox as o
    where o.booking_id = p_payment.booking_id and o.topic = p_topic and o.payload = p_payload)
  then
    perform core.enqueue_command(
      p_topic, 'payment:' || p_payment.id, p_payment.city_code, p_payment.booking_id, p_payload);
  end if;
end;
$$;
comment on function payments.enqueue_once(payments.payments, text, jsonb) is 'Queues a command about a payment once.';
revoke all on function payments.enqueue_once(payments.payments, text, jsonb) from public;
