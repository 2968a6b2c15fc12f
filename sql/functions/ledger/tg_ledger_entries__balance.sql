-- What one statement inserts balances per transaction and currency, and belongs to transactions, of the same place, city
-- and booking, that this very database transaction wrote: nothing is added to the books later. The start of the database
-- transaction is compared beside its number, since numbers begin anew after a restore.
-- Fails with: LEDGER_UNBALANCED.
create or replace function ledger.tg_ledger_entries__balance()
returns trigger
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_transaction_id uuid;
  v_currency text;
  v_difference numeric;
begin
  select p.transaction_id, p.currency, sum(case p.direction when 'debit' then p.amount else -p.amount end)
  into v_transaction_id, v_currency, v_difference
  from posted as p
  group by p.transaction_id, p.currency
  having sum(case p.direction when 'debit' then p.amount else -p.amount end) <> 0
  limit 1;
  if found then
    perform core.raise('LEDGER_UNBALANCED', jsonb_build_object(
      'transaction_id', v_transaction_id, 'currency', v_currency, 'debits_less_credits', v_difference));
  end if;

  select p.transaction_id into v_transaction_id
  from posted as p
  where (
    select t.xid = pg_current_xact_id() and t.started_at = transaction_timestamp()
      and t.seq = p.seq and t.city_code = p.city_code and t.booking_id is not distinct from p.booking_id
    from ledger.ledger_transactions as t
    where t.id = p.transaction_id) is not true
  limit 1;
  if found then
    perform core.raise('LEDGER_UNBALANCED', jsonb_build_object(
      'transaction_id', v_transaction_id, 'rule', 'entries come with their transaction: its seq, city and booking'));
  end if;
  return null;
end;
$$;
comment on function ledger.tg_ledger_entries__balance() is
  'Refuses entries that do not balance or do not come with their transaction.';
revoke all on function ledger.tg_ledger_entries__balance() from public;
