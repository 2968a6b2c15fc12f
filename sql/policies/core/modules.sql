-- Read by the system only; written by migrations.
alter table core.modules enable row level security;

create policy service_reads on core.modules for select to service_role using (true);
grant select on core.modules to service_role;
