alter table ledger.ledger_accounts enable row level security;

create policy service_reads on ledger.ledger_accounts for select to service_role using (true);
grant select on ledger.ledger_accounts to service_role;
