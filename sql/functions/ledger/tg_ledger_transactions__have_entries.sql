-- At commit a transaction has at least two entries.
-- Fails with: LEDGER_UNBALANCED.
create or replace function ledger.tg_ledger_transactions__have_entries()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if (select count(*) from ledger.ledger_entries as e where e.transaction_id = new.id) < 2 then
    perform core.raise('LEDGER_UNBALANCED', jsonb_build_object('transaction_id', new.id, 'rule', 'at least two entries'));
  end if;
  return null;
end;
$$;
comment on function ledger.tg_ledger_transactions__have_entries() is
  'Refuses transactions with fewer than two entries.';
revoke all on function ledger.tg_ledger_transactions__have_entries() from public;
