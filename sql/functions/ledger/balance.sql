-- The balance of an account in a city and currency.
-- Who: functions of ours. Locks: none.
create or replace function ledger.balance(p_account ledger.ledger_account, p_city_code text, p_currency text)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select ledger.balance_up_to(p_account, p_city_code, p_currency, 9223372036854775807)
$$;
comment on function ledger.balance(ledger.ledger_account, text, text) is
  'Debits less credits of an account, in minor units.';
revoke all on function ledger.balance(ledger.ledger_account, text, text) from public;
