-- Why a payment does not pay for an intent.
-- Who: functions of ours. Locks: none.
create or replace function lodging.payment_mismatch(p_intent lodging.booking_intents, p_payment_id uuid)
returns text
language sql stable security definer
set search_path = ''
as $$
  select coalesce(
    (select case
       when p.booking_id <> p_intent.id then 'it belongs to another booking'
       when p.is_surplus then 'the booking was paid already'
       when p.amount_captured <> p_intent.total_amount or p.currency <> p_intent.currency then 'amount or currency differ'
       else ''
     end
     from payments.payments as p where p.id = p_payment_id),
    'there is no such payment')
$$;
comment on function lodging.payment_mismatch(lodging.booking_intents, uuid) is 'Empty if the payment captured exactly what the intent costs, else what is wrong.';
revoke all on function lodging.payment_mismatch(lodging.booking_intents, uuid) from public;
