-- Read by the system only.
alter table core.idempotency_keys enable row level security;

create policy service_reads on core.idempotency_keys for select to service_role using (true);
grant select on core.idempotency_keys to service_role;
