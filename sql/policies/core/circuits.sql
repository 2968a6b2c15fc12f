-- Read by the system only.
alter table core.circuits enable row level security;

create policy service_reads on core.circuits for select to service_role using (true);
grant select on core.circuits to service_role;
