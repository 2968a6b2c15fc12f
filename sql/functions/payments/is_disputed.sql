-- Whether the money of a payment is withheld by its customer's bank: an open dispute. A bank that only inquires has taken nothing,
-- and a refund is then the best answer.
-- Who: functions of ours. Locks: none.
create or replace function payments.is_disputed(p_payment_id uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from payments.disputes as d
    where d.payment_id = p_payment_id and d.status = 'open' and not d.is_inquiry)
$$;
comment on function payments.is_disputed(uuid) is 'Whether a dispute of the payment is open that is more than an inquiry.';
revoke all on function payments.is_disputed(uuid) from public;
