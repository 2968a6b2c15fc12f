-- Read by the system only.
alter table analytics.refreshes enable row level security;

create policy service_reads on analytics.refreshes for select to service_role using (true);
grant select on analytics.refreshes to service_role;
