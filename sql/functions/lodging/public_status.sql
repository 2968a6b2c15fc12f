-- An intent's status as guests see it: what is converted is, to them, a confirmed payment.
-- Who: functions of ours. Locks: none.
create or replace function lodging.public_status(p_status lodging.booking_intent_status)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case when p_status = 'converted' then 'payment_confirmed' else p_status::text end
$$;
comment on function lodging.public_status(lodging.booking_intent_status) is 'The status of an intent in the words of the public contract.';
revoke all on function lodging.public_status(lodging.booking_intent_status) from public;
