-- Read by the system only.
alter table integrations.sync_logs enable row level security;

create policy service_reads on integrations.sync_logs for select to service_role using (true);
grant select on integrations.sync_logs to service_role;
