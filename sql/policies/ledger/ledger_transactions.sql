alter table ledger.ledger_transactions enable row level security;

create policy service_reads on ledger.ledger_transactions for select to service_role using (true);
grant select on ledger.ledger_transactions to service_role;

create trigger _100_wait_for_mark before insert on ledger.ledger_transactions
  for each statement execute function audit.tg__wait_for_mark();
create trigger _100_stamp before insert on ledger.ledger_transactions
  for each row execute function ledger.tg_ledger_transactions__stamp();
create trigger _300_guard_append_only before update or delete on ledger.ledger_transactions
  for each row execute function ledger.tg__append_only();
create trigger _310_guard_truncate before truncate on ledger.ledger_transactions
  for each statement execute function ledger.tg__append_only();
create constraint trigger _320_guard_have_entries after insert on ledger.ledger_transactions
  deferrable initially deferred for each row execute function ledger.tg_ledger_transactions__have_entries();
create trigger _900_record after insert on ledger.ledger_transactions
  for each row execute function audit.tg__record('ledger_transaction');
