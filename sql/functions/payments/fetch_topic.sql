-- The topic of a look at a payment.
-- Who: functions of ours. Locks: none.
create or replace function payments.fetch_topic(p_payment payments.payments)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select payments.topic(p_payment, case p_payment.provider when 'stripe' then 'fetch_stripe_object' else 'fetch_payment' end)
$$;
comment on function payments.fetch_topic(payments.payments) is 'The topic of a command that reads a payment at its provider.';
revoke all on function payments.fetch_topic(payments.payments) from public;
