-- The topic of a command about a payment: workers take the topics of the providers they have a key for.
-- Who: functions of ours. Locks: none.
create or replace function payments.topic(p_payment payments.payments, p_command text)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select 'payments.' || p_command || case when p_payment.provider <> 'stripe' then '.' || p_payment.provider else '' end
$$;
comment on function payments.topic(payments.payments, text) is 'The topic of a command to the provider of a payment.';
revoke all on function payments.topic(payments.payments, text) from public;
