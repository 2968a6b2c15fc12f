-- Record how a try to pay went. The reason of the last failed try is the payment's, until it succeeds; and while the payment
-- is open, a try under way makes it processing, else it has failed.
-- Whatever order the provider's messages come in, the same rows remain.
-- Who: functions of ours, which hold order and payment. Locks: none but what the line locks.
create or replace function payments.record_attempt(
  p_payment payments.payments, p_reference text, p_status text, p_error jsonb, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_failure payments.payment_attempts;
  v_status payments.payment_status;
begin
  insert into payments.payment_attempts as a
    (payment_id, attempt_no, provider, reference, status, failure_code, failure_message, processed_at)
  select
    p_payment.id, 1 + count(*), p_payment.provider, p_reference, p_status,
    coalesce(p_error ->> 'decline_code', p_error ->> 'code'), p_error ->> 'message', p_at
  from payments.payment_attempts as earlier
  where earlier.payment_id = p_payment.id
  on conflict (payment_id, reference) do update
    set status = excluded.status, failure_code = excluded.failure_code, failure_message = excluded.failure_message,
        processed_at = excluded.processed_at
    where a.status = 'pending' and excluded.status <> 'pending' or a.status = 'failed' and excluded.status = 'succeeded';
  if not found or p_status = 'succeeded' or p_payment.amount_captured > 0 then
    return;
  end if;

  select * into v_failure from payments.payment_attempts as a
  where a.payment_id = p_payment.id and a.status = 'failed'
  order by a.processed_at desc, a.reference desc
  limit 1;
  v_status := case
    when p_payment.status not in ('pending', 'processing', 'failed') then p_payment.status
    when exists (
      select from payments.payment_attempts as a where a.payment_id = p_payment.id and a.status = 'pending') then 'processing'
    else 'failed'
  end;
  update payments.payments as p
  set status = v_status, failure_code = v_failure.failure_code, failure_message = v_failure.failure_message
  where p.id = p_payment.id;
  if v_status <> p_payment.status then
    perform payments.tell_line(p_payment, v_status::text);
  end if;
end;
$$;
comment on function payments.record_attempt(payments.payments, text, text, jsonb, timestamptz) is
  'Records a try to pay and sets the state of the unpaid payment by its tries.';
revoke all on function payments.record_attempt(payments.payments, text, text, jsonb, timestamptz) from public;
