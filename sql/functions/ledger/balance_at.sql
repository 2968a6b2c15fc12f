-- The balance of an account in a city and currency as it was on record at a time.
-- Who: functions of ours. Locks: none.
create or replace function ledger.balance_at(
  p_account ledger.ledger_account, p_city_code text, p_currency text, p_at timestamptz)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select ledger.balance_up_to(p_account, p_city_code, p_currency, ledger.seq_at(p_at))
$$;
comment on function ledger.balance_at(ledger.ledger_account, text, text, timestamptz) is
  'Debits less credits of what was recorded before a time, in minor units.';
revoke all on function ledger.balance_at(ledger.ledger_account, text, text, timestamptz) from public;
