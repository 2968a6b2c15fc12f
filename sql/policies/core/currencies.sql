-- Read by the system only.
alter table core.currencies enable row level security;

create policy service_reads on core.currencies for select to service_role using (true);
grant select on core.currencies to service_role;
