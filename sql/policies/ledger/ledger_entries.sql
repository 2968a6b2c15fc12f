alter table ledger.ledger_entries enable row level security;

create policy service_reads on ledger.ledger_entries for select to service_role using (true);
grant select on ledger.ledger_entries to service_role;

create trigger _300_guard_append_only before update or delete on ledger.ledger_entries
  for each row execute function ledger.tg__append_only();
create trigger _310_guard_truncate before truncate on ledger.ledger_entries
  for each statement execute function ledger.tg__append_only();
create trigger _320_guard_balance after insert on ledger.ledger_entries
  referencing new table as posted for each statement execute function ledger.tg_ledger_entries__balance();
