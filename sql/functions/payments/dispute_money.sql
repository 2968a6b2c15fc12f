-- What the balance transactions in a dispute of Stripe add up to so far, in minor units without fees, and the currencies in it.
-- Who: functions of ours. Locks: none. Fails with: INVALID_REQUEST, also where only the fee or time of one cannot be read.
create or replace function payments.dispute_money(
  p_object jsonb, out withdrawn bigint, out reinstated bigint, out currencies jsonb)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_entries constant jsonb := coalesce(nullif(p_object -> 'balance_transactions', 'null'), '[]');
begin
  if jsonb_typeof(v_entries) <> 'array' then
    perform core.raise('INVALID_REQUEST', jsonb_build_object('needs', 'balance_transactions, an array'));
  end if;
  perform payments.require_stripe_object(e.entry), payments.stripe_number(e.entry, 'fee'), payments.stripe_time(e.entry, 'created')
  from jsonb_array_elements(v_entries) as e (entry);
  select coalesce(-sum(m.amount) filter (where m.amount < 0), 0), coalesce(sum(m.amount) filter (where m.amount > 0), 0)
  into withdrawn, reinstated
  from (select payments.stripe_number(e.entry, 'amount') as amount from jsonb_array_elements(v_entries) as e (entry)) as m;
  select jsonb_agg(distinct coalesce(e.entry -> 'currency', p_object -> 'currency')) into currencies
  from jsonb_array_elements('[{}]' || v_entries) as e (entry);
end;
$$;
comment on function payments.dispute_money(jsonb) is 'What a dispute of Stripe has taken and given back.';
revoke all on function payments.dispute_money(jsonb) from public;
