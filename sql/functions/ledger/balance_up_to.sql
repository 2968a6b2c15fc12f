-- The balance of an account in a city and currency after a place in the books: the last snapshot before it and the entries since.
-- In two steps, so that the second is planned for how few these are.
-- Who: functions of ours. Locks: none.
create or replace function ledger.balance_up_to(
  p_account ledger.ledger_account, p_city_code text, p_currency text, p_seq bigint)
returns bigint
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_after bigint;
  v_balance bigint;
begin
  select s.up_to_seq, s.debits - s.credits into v_after, v_balance
  from ledger.snapshot_balances as s
  where s.account = p_account and s.city_code = p_city_code and s.currency = p_currency and s.up_to_seq <= p_seq
  order by s.up_to_seq desc
  limit 1;
  v_after := coalesce(v_after, 0);
  return coalesce(v_balance, 0) + coalesce((
    select sum(case e.direction when 'debit' then e.amount else -e.amount end)
    from ledger.ledger_entries as e
    where e.account = p_account and e.city_code = p_city_code and e.currency = p_currency
      and e.seq > v_after and e.seq <= p_seq), 0);
end;
$$;
comment on function ledger.balance_up_to(ledger.ledger_account, text, text, bigint) is
  'Debits less credits of an account up to a seq, in minor units.';
revoke all on function ledger.balance_up_to(ledger.ledger_account, text, text, bigint) from public;
