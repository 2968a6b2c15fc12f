alter table ledger.snapshot_balances enable row level security;

create policy service_reads on ledger.snapshot_balances for select to service_role using (true);
grant select on ledger.snapshot_balances to service_role;

create trigger _300_guard_append_only before update or delete on ledger.snapshot_balances
  for each row execute function ledger.tg__append_only();
create trigger _310_guard_truncate before truncate on ledger.snapshot_balances
  for each statement execute function ledger.tg__append_only();
