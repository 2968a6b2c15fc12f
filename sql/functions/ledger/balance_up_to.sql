-- The balance of an account in a city and currency after a place in the books: the last snapshot before it and the entries since.
-- Who: functions of ours. Locks: none.
create or replace function ledger.balance_up_to(
  p_account ledger.ledger_account, p_city_code text, p_currency text, p_seq bigint)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  with snapshot as (
    select s.up_to_seq, s.debits - s.credits as balance
    from ledger.snapshots as s
    where s.city_code = p_city_code and s.currency = p_currency and s.account = p_account and s.up_to_seq <= p_seq
    order by s.up_to_seq desc
    limit 1
  )
  select coalesce((select s.balance from snapshot as s), 0)
    + coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0)::bigint
  from ledger.ledger_entries as e
  where e.account = p_account and e.city_code = p_city_code and e.currency = p_currency
    and e.seq > coalesce((select s.up_to_seq from snapshot as s), 0) and e.seq <= p_seq
$$;
comment on function ledger.balance_up_to(ledger.ledger_account, text, text, bigint) is
  'Debits less credits of an account up to a seq, in minor units.';
revoke all on function ledger.balance_up_to(ledger.ledger_account, text, text, bigint) from public;
