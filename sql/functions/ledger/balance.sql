-- The balance of an account in a city and currency.
-- Who: functions of ours. Locks: none.
create or replace function ledger.balance(p_account ledger.ledger_account, p_city_code text, p_currency text)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0)::bigint
  from ledger.ledger_entries as e
  where e.account = p_account and e.city_code = p_city_code and e.currency = p_currency
$$;
comment on function ledger.balance(ledger.ledger_account, text, text) is
  'Debits less credits of an account, in minor units.';
revoke all on function ledger.balance(ledger.ledger_account, text, text) from public;
