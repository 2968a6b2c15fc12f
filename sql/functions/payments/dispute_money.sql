-- What the balance transactions in a dispute of Stripe add up to so far, in minor units without fees, and the currencies in it.
-- Who: functions of ours. Locks: none.
create or replace function payments.dispute_money(
  p_object jsonb, out withdrawn bigint, out reinstated bigint, out currencies jsonb)
language sql immutable security definer
set search_path = ''
as $$
  select
    coalesce(-sum(e.amount) filter (where e.amount < 0), 0), coalesce(sum(e.amount) filter (where e.amount > 0), 0),
    jsonb_agg(distinct coalesce(e.currency, p_object ->> 'currency'))
  from jsonb_to_recordset('[{}]' || coalesce(nullif(p_object -> 'balance_transactions', 'null'), '[]')) as e (amount bigint, currency text)
$$;
comment on function payments.dispute_money(jsonb) is 'What a dispute of Stripe has taken and given back.';
revoke all on function payments.dispute_money(jsonb) from public;
